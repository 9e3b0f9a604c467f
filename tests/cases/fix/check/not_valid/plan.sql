-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 validate public.t.positive
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('positive') and convalidated and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '1/2 validate public.t.positive'
ALTER TABLE public.t VALIDATE CONSTRAINT positive;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 validate public.t.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.t
\if :changed
\echo '2/2 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
