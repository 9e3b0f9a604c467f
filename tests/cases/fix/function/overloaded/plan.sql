-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 create function public.f(integer, integer[])
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer, integer[]' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create function public.f(integer, integer[])'
CREATE OR REPLACE FUNCTION public.f(a integer, VARIADIC b integer[])
 RETURNS integer
 LANGUAGE sql
AS $function$ select a $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create function public.f(integer, integer[]): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 replace function public.f(text)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a text)
 RETURNS text
 LANGUAGE sql
AS $function$ select a $function$
')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 replace function public.f(text)'
CREATE OR REPLACE FUNCTION public.f(a text)
 RETURNS text
 LANGUAGE sql
AS $function$ select a || '!' $function$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 replace function public.f(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
