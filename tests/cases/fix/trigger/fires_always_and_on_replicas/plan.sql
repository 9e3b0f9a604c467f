-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 enable always trigger public.t.g
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'g' and not tgisinternal and tgenabled = 'A')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 enable always trigger public.t.g'
ALTER TABLE public.t ENABLE ALWAYS TRIGGER g;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 enable always trigger public.t.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 enable replica trigger public.t.h
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'h' and not tgisinternal and tgenabled = 'R')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 enable replica trigger public.t.h'
ALTER TABLE public.t ENABLE REPLICA TRIGGER h;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 enable replica trigger public.t.h: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 disable trigger public.t.i
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'i' and not tgisinternal and tgenabled = 'D')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 disable trigger public.t.i'
ALTER TABLE public.t DISABLE TRIGGER i;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 disable trigger public.t.i: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
