-- 2 steps in 2 transactions; nobody is stopped for longer than about 300 ms; hazards: none

-- 1/2 set the default of public.m.k
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.m') and attname = 'k' and not attisdropped and atthasdef)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 set the default of public.m.k'
ALTER TABLE public.m ALTER COLUMN k SET DEFAULT 5;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 set the default of public.m.k: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 set the default of public.a_m.k
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a_m') and attname = 'k' and not attisdropped and atthasdef)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 set the default of public.a_m.k'
ALTER TABLE public.a_m ALTER COLUMN k SET DEFAULT 7;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 set the default of public.a_m.k: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
