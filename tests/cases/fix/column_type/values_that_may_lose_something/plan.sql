-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- table_rewrite: alter public.t: a numeric(5,2), g integer: table public.t is rewritten while readers and writers are stopped (2 rows, 16 kB)
-- data_loss: alter public.t: a numeric(5,2), g integer: values of public.t.a are not the same after the conversion to numeric(5,2) and back (1 row)
-- data_loss: alter public.t: a numeric(5,2), g integer: values of public.t.g are not the same after the conversion to integer and back (1 row)

-- 1/2 alter public.t: a numeric(5,2), g integer
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric(5,2)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'g' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.t: a numeric(5,2), g integer'
ALTER TABLE public.t ALTER COLUMN a TYPE numeric(5,2) USING a::numeric, ALTER COLUMN g TYPE integer USING g::integer;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.t: a numeric(5,2), g integer: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.t
\if :changed
\echo '2/2 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
