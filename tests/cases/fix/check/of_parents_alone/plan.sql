-- 3 steps in 3 transactions; nobody is stopped for longer than about 300 ms; hazards: none

-- 1/3 add check public.t.positive
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('positive') and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add check public.t.positive'
ALTER TABLE public.t ADD CONSTRAINT positive CHECK ((a > 0)) NO INHERIT NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add check public.t.positive: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 validate public.t.positive
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('positive') and convalidated and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/3 validate public.t.positive'
ALTER TABLE public.t VALIDATE CONSTRAINT positive;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 validate public.t.positive: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
