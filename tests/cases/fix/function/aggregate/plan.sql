-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 create aggregate public.total(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'total' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 create aggregate public.total(integer)'
CREATE AGGREGATE public.total(integer) (SFUNC = public.add, STYPE = integer, INITCOND = '0');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 create aggregate public.total(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
