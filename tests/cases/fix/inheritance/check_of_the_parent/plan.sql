-- 3 steps in 3 transactions; nobody is stopped for longer than about 300 ms; hazards: none

-- 1/3 add check public.base.said
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.base') and conname in ('said') and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add check public.base.said'
ALTER TABLE public.base ADD CONSTRAINT said CHECK ((note <> ''::text)) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add check public.base.said: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 validate public.base.said
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.base') and conname in ('said') and convalidated and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/3 validate public.base.said'
ALTER TABLE public.base VALIDATE CONSTRAINT said;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 validate public.base.said: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.base
\if :changed
\echo '3/3 analyze public.base'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.base;
\endif
