-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.base: id bigint: table public.base is rewritten while readers and writers are stopped (0 rows, 0 bytes)

-- 1/2 alter public.base: id bigint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.base') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.base IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.base: id bigint'
DO 'BEGIN IF (select count(*) from public.base where id is not null and ((id::bigint)::bigint::integer)::text is distinct from (id)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.base.id are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.base ALTER COLUMN id TYPE bigint USING id::bigint;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.base: id bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.base
\if :changed
\echo '2/2 analyze public.base'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.base;
\endif
