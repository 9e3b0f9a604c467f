-- 10 steps in 7 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/10 add column public.t.built
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'built' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/10 add column public.t.built'
ALTER TABLE public.t ADD COLUMN built text DEFAULT version();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/10 add column public.t.built: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/10 add column public.t.named
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'named' and not attisdropped and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/10 add column public.t.named'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ALTER TABLE public.t ADD COLUMN named text NOT NULL DEFAULT public.label();
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/10 add column public.t.named: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/10 add column public.t.thrown
-- 4/10 add a check that public.t.thrown is not NULL
-- 5/10 set the default of public.t.thrown
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'thrown' and not attisdropped and true)$$ AS end_3,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_77e7b80f' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'thrown' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'thrown' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_5 \gset
SELECT NOT ((:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/10 add column public.t.thrown'
ALTER TABLE public.t ADD COLUMN thrown integer;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/10 add column public.t.thrown: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/10 add a check that public.t.thrown is not NULL'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_not_null_77e7b80f CHECK (thrown IS NOT NULL) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/10 add a check that public.t.thrown is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/10 set the default of public.t.thrown'
ALTER TABLE public.t ALTER COLUMN thrown SET DEFAULT public.die();
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/10 set the default of public.t.thrown: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/10 fill public.t.thrown
SELECT $$not exists (select from ONLY public.t where thrown is null)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/10 fill public.t.thrown'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.t SET thrown = public.die() WHERE ctid >= $1::tid AND ctid < $2::tid AND thrown IS NULL$$ USING first, behind;
    COMMIT;
  END LOOP;
END$sql$;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/10 fill public.t.thrown: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/10 validate that public.t.thrown is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_77e7b80f' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'thrown' and not attisdropped and attnotnull))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/10 validate that public.t.thrown is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT schemawarden_not_null_77e7b80f$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_77e7b80f' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_77e7b80f$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_77e7b80f', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_77e7b80f', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '7/10 validate that public.t.thrown is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/10 validate that public.t.thrown is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/10 set public.t.thrown NOT NULL
-- 9/10 drop the check that public.t.thrown is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'thrown' and not attisdropped and attnotnull)$$ AS end_8,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_77e7b80f' and true))$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/10 set public.t.thrown NOT NULL'
ALTER TABLE public.t ALTER COLUMN thrown SET NOT NULL;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/10 set public.t.thrown NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/10 drop the check that public.t.thrown is not NULL'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_77e7b80f;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/10 drop the check that public.t.thrown is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/10 analyze public.t
\if :changed
\echo '10/10 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
