-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.item: twice bigint: table public.item is rewritten while readers and writers are stopped (2 rows, 8192 bytes)

-- 1/2 alter public.item: twice bigint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.item') and attname = 'twice' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.item IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.item: twice bigint'
ALTER TABLE public.item ALTER COLUMN twice TYPE bigint;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.item: twice bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.item
\if :changed
\echo '2/2 analyze public.item'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.item;
\endif
