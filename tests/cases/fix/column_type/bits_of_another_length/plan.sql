-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a bit varying(8), b bit(3), c bit(8): table public.t is rewritten while readers and writers are stopped (2 rows, 16 kB)

-- 1/2 alter public.t: a bit varying(8), b bit(3), c bit(8)
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bit varying(8)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'bit(3)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and format_type(atttypid, atttypmod) = 'bit(8)' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.t: a bit varying(8), b bit(3), c bit(8)'
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::bit varying)::bit varying(8)::bit varying)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to bit varying(8) and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where b is not null and ((b::bit varying)::bit(3)::text)::text is distinct from (b)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.b are not the same after the conversion to bit(3) and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where c is not null and ((c::bit(8))::bit(8)::integer)::text is distinct from (c)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.c are not the same after the conversion to bit(8) and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE bit varying(8) USING a::bit varying, ALTER COLUMN b TYPE bit(3) USING b::bit varying, ALTER COLUMN c TYPE bit(8) USING c::bit(8);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.t: a bit varying(8), b bit(3), c bit(8): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
