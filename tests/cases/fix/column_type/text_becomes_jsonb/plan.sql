-- 3 steps in 3 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a jsonb: table public.t is rewritten while readers and writers are stopped (300 rows, 48 kB)

-- 1/3 alter public.t: a jsonb
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'jsonb' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/3 alter public.t: a jsonb'
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::jsonb)::jsonb::text)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to jsonb and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE jsonb USING a::jsonb;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 alter public.t: a jsonb: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 build index public.t_a_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 build index public.t_a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_a_idx ON public.t USING gin (a);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 build index public.t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
