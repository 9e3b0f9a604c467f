-- 6 steps in 6 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/6 rename public.t.one to schemawarden_name_7667ba0d
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_name_7667ba0d' and true) or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'two' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(a > 0)'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/6 rename public.t.one to schemawarden_name_7667ba0d'
ALTER TABLE public.t RENAME CONSTRAINT one TO schemawarden_name_7667ba0d;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 rename public.t.one to schemawarden_name_7667ba0d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/6 rename public.t.three to schemawarden_name_c821b580
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_name_c821b580' and true) or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'one' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(c > 0)'))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/6 rename public.t.three to schemawarden_name_c821b580'
ALTER TABLE public.t RENAME CONSTRAINT three TO schemawarden_name_c821b580;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 rename public.t.three to schemawarden_name_c821b580: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/6 rename public.t.schemawarden_name_c821b580 to one
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'one' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(c > 0)')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/6 rename public.t.schemawarden_name_c821b580 to one'
ALTER TABLE public.t RENAME CONSTRAINT schemawarden_name_c821b580 TO one;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 rename public.t.schemawarden_name_c821b580 to one: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/6 rename public.t.two to schemawarden_name_3ce6ef15
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_name_3ce6ef15' and true) or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'three' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(b > 0)'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/6 rename public.t.two to schemawarden_name_3ce6ef15'
ALTER TABLE public.t RENAME CONSTRAINT two TO schemawarden_name_3ce6ef15;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 rename public.t.two to schemawarden_name_3ce6ef15: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/6 rename public.t.schemawarden_name_3ce6ef15 to three
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'three' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(b > 0)')$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/6 rename public.t.schemawarden_name_3ce6ef15 to three'
ALTER TABLE public.t RENAME CONSTRAINT schemawarden_name_3ce6ef15 TO three;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 rename public.t.schemawarden_name_3ce6ef15 to three: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/6 rename public.t.schemawarden_name_7667ba0d to two
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'two' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(a > 0)')$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/6 rename public.t.schemawarden_name_7667ba0d to two'
ALTER TABLE public.t RENAME CONSTRAINT schemawarden_name_7667ba0d TO two;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/6 rename public.t.schemawarden_name_7667ba0d to two: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
