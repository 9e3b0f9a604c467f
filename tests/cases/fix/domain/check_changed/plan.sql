-- 4 steps in 3 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: validate check grade_check of domain public.grade: table public.t is scanned while writers are stopped (300 rows, 40 kB)

-- 1/4 drop check grade_check of domain public.grade
-- 2/4 add check grade_check to domain public.grade
SELECT $$not (exists (select from pg_constraint where contypid = to_regtype('public.grade') and conname = 'grade_check' and pg_get_expr(conbin, 0) = '((VALUE >= 1) AND (VALUE <= 5))'))$$ AS end_1,
       $$exists (select from pg_constraint where contypid = to_regtype('public.grade') and conname = 'grade_check' and pg_get_expr(conbin, 0) <> '((VALUE >= 1) AND (VALUE <= 5))')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop check grade_check of domain public.grade'
ALTER DOMAIN public.grade DROP CONSTRAINT grade_check;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop check grade_check of domain public.grade: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 add check grade_check to domain public.grade'
ALTER DOMAIN public.grade ADD CONSTRAINT grade_check CHECK (((VALUE >= 1) AND (VALUE <= 6))) NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 add check grade_check to domain public.grade: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/4 validate check grade_check of domain public.grade
SELECT $$exists (select from pg_constraint where contypid = to_regtype('public.grade') and conname = 'grade_check' and convalidated)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/4 validate check grade_check of domain public.grade'
DO $sql$DECLARE
  why text;
  back text := '';
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER DOMAIN public.grade VALIDATE CONSTRAINT grade_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where contypid = to_regtype('public.grade') and conname = 'grade_check' and not convalidated) THEN
        BEGIN
          EXECUTE $$ALTER DOMAIN public.grade DROP CONSTRAINT grade_check; ALTER DOMAIN public.grade ADD CONSTRAINT grade_check CHECK (((VALUE >= 1) AND (VALUE <= 5))) NOT VALID$$;
          back := '; what was added for it has been taken back, and what was there before put back: ALTER DOMAIN public.grade DROP CONSTRAINT grade_check; ALTER DOMAIN public.grade ADD CONSTRAINT grade_check CHECK (((VALUE >= 1) AND (VALUE <= 5))) NOT VALID';
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN RAISE;
        WHEN OTHERS THEN
          back := '; what was added for it has been taken back: ALTER DOMAIN public.grade DROP CONSTRAINT grade_check' || '; what was there before could not be put back: ' || SQLERRM;
          EXECUTE $$ALTER DOMAIN public.grade DROP CONSTRAINT grade_check$$;
        END;
      END IF;
      PERFORM set_config('schemawarden.refused', why || back, false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER DOMAIN public.grade DROP CONSTRAINT grade_check; ALTER DOMAIN public.grade ADD CONSTRAINT grade_check CHECK (((VALUE >= 1) AND (VALUE <= 5))) NOT VALID', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
BEGIN;
DO $sql$BEGIN
  IF current_setting('schemawarden.refused', true) <> '' AND exists (select from pg_constraint where contypid = to_regtype('public.grade') and conname = 'grade_check' and not convalidated) THEN EXECUTE $$ALTER DOMAIN public.grade VALIDATE CONSTRAINT grade_check$$; END IF;
EXCEPTION WHEN OTHERS THEN
  PERFORM set_config('schemawarden.refused', current_setting('schemawarden.refused') || '; it is NOT VALID now, which ALTER DOMAIN public.grade VALIDATE CONSTRAINT grade_check ends: ' || SQLERRM, false);
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '3/4 validate check grade_check of domain public.grade: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 validate check grade_check of domain public.grade: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.t
\if :changed
\echo '4/4 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
