-- 6 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/6 create table public.u
-- 2/6 create constraint public.u.u_pkey
-- 3/6 create index public.u.u_a_idx
SELECT $$exists (select from pg_class where oid = to_regclass('public.u') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'u_pkey' and true)$$ AS end_2,
       $$exists (select from pg_index where indexrelid = to_regclass('public.u_a_idx') and indrelid = to_regclass('public.u') and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/6 create table public.u'
CREATE TABLE public.u (id integer NOT NULL, a text);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 create table public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/6 create constraint public.u.u_pkey'
ALTER TABLE public.u ADD CONSTRAINT u_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 create constraint public.u.u_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/6 create index public.u.u_a_idx'
CREATE INDEX u_a_idx ON public.u USING btree (a);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 create index public.u.u_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/6 add column public.t.a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/6 add column public.t.a'
ALTER TABLE public.t ADD COLUMN a text;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 add column public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/6 build index public.t_a_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/6 build index public.t_a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_a_idx ON public.t USING btree (a);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 build index public.t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/6 analyze public.t
\if :changed
\echo '6/6 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
