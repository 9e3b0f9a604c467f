-- 11 steps in 9 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/11 add a check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_1e917d17' and true) or exists (select from pg_attribute where attrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and attname = 'ккккккккккккккккккккккккккккккл' and not attisdropped and attnotnull))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/11 add a check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" ADD CONSTRAINT schemawarden_not_null_1e917d17 CHECK ("ккккккккккккккккккккккккккккккл" IS NOT NULL) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/11 add a check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_1e917d17' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and attname = 'ккккккккккккккккккккккккккккккл' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."ддддддддддддддддддддддддддддддд" VALIDATE CONSTRAINT schemawarden_not_null_1e917d17$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_1e917d17' and not convalidated) THEN EXECUTE $$ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_1e917d17$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_1e917d17', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_1e917d17', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/11 set public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" NOT NULL
-- 4/11 drop the check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and attname = 'ккккккккккккккккккккккккккккккл' and not attisdropped and attnotnull)$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_1e917d17' and true))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/11 set public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" NOT NULL'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" ALTER COLUMN "ккккккккккккккккккккккккккккккл" SET NOT NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/11 set public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/11 drop the check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_1e917d17;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/11 drop the check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккл" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/11 add a check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_a72a5b7b' and true) or exists (select from pg_attribute where attrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and attname = 'ккккккккккккккккккккккккккккккк' and not attisdropped and attnotnull))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/11 add a check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" ADD CONSTRAINT schemawarden_not_null_a72a5b7b CHECK ("ккккккккккккккккккккккккккккккк" IS NOT NULL) NOT VALID;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/11 add a check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_a72a5b7b' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and attname = 'ккккккккккккккккккккккккккккккк' and not attisdropped and attnotnull))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '6/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."ддддддддддддддддддддддддддддддд" VALIDATE CONSTRAINT schemawarden_not_null_a72a5b7b$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_a72a5b7b' and not convalidated) THEN EXECUTE $$ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_a72a5b7b$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_a72a5b7b', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_a72a5b7b', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '6/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/11 validate that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/11 set public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" NOT NULL
-- 8/11 drop the check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and attname = 'ккккккккккккккккккккккккккккккк' and not attisdropped and attnotnull)$$ AS end_7,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'schemawarden_not_null_a72a5b7b' and true))$$ AS end_8 \gset
SELECT NOT ((:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/11 set public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" NOT NULL'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" ALTER COLUMN "ккккккккккккккккккккккккккккккк" SET NOT NULL;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/11 set public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/11 drop the check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" DROP CONSTRAINT schemawarden_not_null_a72a5b7b;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/11 drop the check that public."ддддддддддддддддддддддддддддддд"."ккккккккккккккккккккккккккккккк" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/11 build index public."дддддддддддддд_кккккккккккккк_key"
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public."дддддддддддддд_кккккккккккккк_key"') and indrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname in ('дддддддддддддд_кккккккккккккк_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['ккккккккккккккккккккккккккккккл']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/11 build index public."дддддддддддддд_кккккккккккккк_key"'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY "дддддддддддддд_кккккккккккккк_key" ON public."ддддддддддддддддддддддддддддддд" USING btree ("ккккккккккккккккккккккккккккккл");
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/11 build index public."дддддддддддддд_кккккккккккккк_key": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/11 make public."ддддддддддддддддддддддддддддддд"."дддддддддддддд_кккккккккккккк_key" the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."ддддддддддддддддддддддддддддддд"') and conname = 'дддддддддддддд_кккккккккккккк_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['ккккккккккккккккккккккккккккккл']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public."ддддддддддддддддддддддддддддддд" IN ACCESS EXCLUSIVE MODE;
\echo '10/11 make public."ддддддддддддддддддддддддддддддд"."дддддддддддддд_кккккккккккккк_key" the unique constraint'
ALTER TABLE public."ддддддддддддддддддддддддддддддд" ADD CONSTRAINT "дддддддддддддд_кккккккккккккк_key" UNIQUE USING INDEX "дддддддддддддд_кккккккккккккк_key";
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/11 make public."ддддддддддддддддддддддддддддддд"."дддддддддддддд_кккккккккккккк_key" the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/11 analyze public."ддддддддддддддддддддддддддддддд"
\if :changed
\echo '11/11 analyze public."ддддддддддддддддддддддддддддддд"'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public."ддддддддддддддддддддддддддддддд";
\endif
