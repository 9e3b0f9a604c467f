-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 replace function public.n(text)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE COST 7
AS $function$select lower($1)$function$
')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 replace function public.n(text)'
CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 9
AS $function$select lower($1)$function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 replace function public.n(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
