-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop view public.v: view public.v (0 bytes)

-- 1/3 drop view public.v
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 create table public.v
-- 3/3 create constraint public.v.v_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('r', 'p'))$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.v') and conname = 'v_pkey' and true)$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 create table public.v'
CREATE TABLE public.v (id integer NOT NULL);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create table public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/3 create constraint public.v.v_pkey'
ALTER TABLE public.v ADD CONSTRAINT v_pkey PRIMARY KEY (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 create constraint public.v.v_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
