-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 create function public.odd(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'odd' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create function public.odd(integer)'
CREATE OR REPLACE FUNCTION public.odd(n integer)
 RETURNS boolean
 LANGUAGE sql
AS $function$ select n <> 0 and even(n - 1) $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create function public.odd(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 replace function public.even(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'even' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.even(n integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$ begin return n = 0; end $function$
')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 replace function public.even(integer)'
CREATE OR REPLACE FUNCTION public.even(n integer)
 RETURNS boolean
 LANGUAGE sql
AS $function$ select n = 0 or odd(n - 1) $function$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 replace function public.even(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
