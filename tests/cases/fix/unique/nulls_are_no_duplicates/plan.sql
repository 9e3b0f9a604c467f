-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 build index public.t_a_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_a_key') and indrelid = to_regclass('public.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_a_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 build index public.t_a_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_a_key ON public.t USING btree (a);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 build index public.t_a_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/3 make public.t.t_a_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_a_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '2/3 make public.t.t_a_key the unique constraint'
ALTER TABLE public.t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 make public.t.t_a_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
