-- 3 steps in 3 transactions; no session is stopped; hazards: none

-- 1/3 create function public.f(integer, text)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer, text' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 create function public.f(integer, text)'
CREATE OR REPLACE FUNCTION public.f(a integer, b text DEFAULT 'x'::text, OUT c integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT COST 5
AS $function$ select a $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 create function public.f(integer, text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 create function public.g()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'g' and oidvectortypes(proargtypes) = '' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 create function public.g()'
CREATE OR REPLACE FUNCTION public.g()
 RETURNS SETOF public.t
 LANGUAGE sql
 STABLE ROWS 10
 SET search_path TO 'public'
AS $function$select * from t$function$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create function public.g(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 create procedure public.p(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'p' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 create procedure public.p(integer)'
CREATE OR REPLACE PROCEDURE public.p(INOUT a integer)
 LANGUAGE plpgsql
AS $procedure$ begin a := a + 1; commit; end $procedure$
;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 create procedure public.p(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
