-- 4 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a bigint: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/4 drop function public.total()
-- 2/4 alter public.t: a bigint
-- 3/4 create function public.total()
SELECT $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'total' and oidvectortypes(proargtypes) = '' and true)) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'total' and oidvectortypes(proargtypes) = '' and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop function public.total()'
DROP FUNCTION public.total();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop function public.total(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 alter public.t: a bigint'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::bigint)::bigint::integer)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 alter public.t: a bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 create function public.total()'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
SELECT $$CREATE OR REPLACE FUNCTION public.total()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT (sum(t.a))::bigint AS sum
    FROM public.t;
END
$$ \gexec
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create function public.total(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.t
\if :changed
\echo '4/4 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
