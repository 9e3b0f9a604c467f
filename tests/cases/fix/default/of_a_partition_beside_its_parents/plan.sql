-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 set the default of public.m.k
-- 2/3 set the default of public.m1.k
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.m') and attname = 'k' and not attisdropped and atthasdef)$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.m1') and attname = 'k' and not attisdropped and atthasdef)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 set the default of public.m.k'
ALTER TABLE ONLY public.m ALTER COLUMN k SET DEFAULT 5;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 set the default of public.m.k: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 set the default of public.m1.k'
ALTER TABLE ONLY public.m1 ALTER COLUMN k SET DEFAULT 5;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 set the default of public.m1.k: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/3 set the default of public.a_m.k
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a_m') and attname = 'k' and not attisdropped and atthasdef)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 set the default of public.a_m.k'
ALTER TABLE public.a_m ALTER COLUMN k SET DEFAULT 7;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the default of public.a_m.k: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
