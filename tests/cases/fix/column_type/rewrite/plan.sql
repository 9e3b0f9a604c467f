-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a bigint, b text: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/2 alter public.t: a bigint, b text
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'text' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.t: a bigint, b text'
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::bigint)::bigint::integer)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where b is not null and ((b::text)::text::integer)::text is distinct from (b)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.b are not the same after the conversion to text and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a DROP DEFAULT, ALTER COLUMN a TYPE bigint USING a::bigint, ALTER COLUMN a SET DEFAULT 1, ALTER COLUMN b TYPE text USING b::text;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.t: a bigint, b text: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
