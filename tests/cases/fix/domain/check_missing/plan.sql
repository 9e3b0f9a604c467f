-- 3 steps in 3 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: validate check positive_check of domain public.positive: table public.t is scanned while writers are stopped (300 rows, 40 kB)

-- 1/3 add check positive_check to domain public.positive
SELECT $$exists (select from pg_constraint where contypid = to_regtype('public.positive') and conname = 'positive_check' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add check positive_check to domain public.positive'
ALTER DOMAIN public.positive ADD CONSTRAINT positive_check CHECK ((VALUE > 0)) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add check positive_check to domain public.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 validate check positive_check of domain public.positive
SELECT $$exists (select from pg_constraint where contypid = to_regtype('public.positive') and conname = 'positive_check' and convalidated)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/3 validate check positive_check of domain public.positive'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER DOMAIN public.positive VALIDATE CONSTRAINT positive_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where contypid = to_regtype('public.positive') and conname = 'positive_check' and not convalidated) THEN EXECUTE $$ALTER DOMAIN public.positive DROP CONSTRAINT positive_check$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER DOMAIN public.positive DROP CONSTRAINT positive_check', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER DOMAIN public.positive DROP CONSTRAINT positive_check', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/3 validate check positive_check of domain public.positive: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 validate check positive_check of domain public.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
