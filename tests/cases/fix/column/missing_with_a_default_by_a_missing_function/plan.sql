-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 create function public.answer()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'answer' and oidvectortypes(proargtypes) = '' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create function public.answer()'
CREATE OR REPLACE FUNCTION public.answer()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select 42 $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create function public.answer(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 add column public.t.a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 add column public.t.a'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ALTER TABLE public.t ADD COLUMN a integer DEFAULT public.answer();
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 add column public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
