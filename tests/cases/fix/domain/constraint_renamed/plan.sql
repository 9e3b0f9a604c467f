-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 rename check old_name of domain public.positive to positive_check
SELECT $$exists (select from pg_constraint where contypid = to_regtype('public.positive') and conname = 'positive_check' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 rename check old_name of domain public.positive to positive_check'
ALTER DOMAIN public.positive RENAME CONSTRAINT old_name TO positive_check;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 rename check old_name of domain public.positive to positive_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
