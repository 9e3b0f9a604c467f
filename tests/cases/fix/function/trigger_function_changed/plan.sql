-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 replace function public.stamp()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'stamp' and oidvectortypes(proargtypes) = '' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.stamp()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin new.a := ''old''; return new; end $function$
')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 replace function public.stamp()'
CREATE OR REPLACE FUNCTION public.stamp()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin new.a := 'new'; return new; end $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 replace function public.stamp(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
