-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 replace function public.f(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ select a $function$
')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 replace function public.f(integer)'
CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ select a + 1 $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 replace function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 replace procedure public.p()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'p' and oidvectortypes(proargtypes) = '' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE PROCEDURE public.p()
 LANGUAGE plpgsql
AS $procedure$ begin null; end $procedure$
')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 replace procedure public.p()'
CREATE OR REPLACE PROCEDURE public.p()
 LANGUAGE plpgsql
AS $procedure$ begin perform 1; end $procedure$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 replace procedure public.p(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
