-- 3 steps in 3 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: validate check d_short of domain public.d: table public.t is scanned while writers are stopped (1 row, 16 kB)

-- 1/3 add check d_short to domain public.d
SELECT $$exists (select from pg_constraint where contypid = to_regtype('public.d') and conname = 'd_short' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add check d_short to domain public.d'
ALTER DOMAIN public.d ADD CONSTRAINT d_short CHECK ((length(VALUE) < 50)) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add check d_short to domain public.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 validate check d_short of domain public.d
SELECT $$exists (select from pg_constraint where contypid = to_regtype('public.d') and conname = 'd_short' and convalidated)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/3 validate check d_short of domain public.d'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER DOMAIN public.d VALIDATE CONSTRAINT d_short$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where contypid = to_regtype('public.d') and conname = 'd_short' and not convalidated) THEN EXECUTE $$ALTER DOMAIN public.d DROP CONSTRAINT d_short$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER DOMAIN public.d DROP CONSTRAINT d_short', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER DOMAIN public.d DROP CONSTRAINT d_short', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/3 validate check d_short of domain public.d: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 validate check d_short of domain public.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
