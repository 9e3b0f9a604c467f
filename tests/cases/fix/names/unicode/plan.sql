-- 16 steps in 14 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/16 add a check that public."Таблица"."数" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_121818ad' and true) or exists (select from pg_attribute where attrelid = to_regclass('public."Таблица"') and attname = '数' and not attisdropped and attnotnull))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/16 add a check that public."Таблица"."数" is not NULL'
ALTER TABLE public."Таблица" ADD CONSTRAINT schemawarden_not_null_121818ad CHECK ("数" IS NOT NULL) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/16 add a check that public."Таблица"."数" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/16 validate that public."Таблица"."数" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_121818ad' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public."Таблица"') and attname = '数' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/16 validate that public."Таблица"."数" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."Таблица" VALIDATE CONSTRAINT schemawarden_not_null_121818ad$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_121818ad' and not convalidated) THEN EXECUTE $$ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_121818ad$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_121818ad', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_121818ad', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/16 validate that public."Таблица"."数" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/16 validate that public."Таблица"."数" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/16 set public."Таблица"."数" NOT NULL
-- 4/16 drop the check that public."Таблица"."数" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."Таблица"') and attname = '数' and not attisdropped and attnotnull)$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_121818ad' and true))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/16 set public."Таблица"."数" NOT NULL'
ALTER TABLE public."Таблица" ALTER COLUMN "数" SET NOT NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/16 set public."Таблица"."数" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/16 drop the check that public."Таблица"."数" is not NULL'
ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_121818ad;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/16 drop the check that public."Таблица"."数" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/16 add a check that public."Таблица"."имя" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_bc651d5c' and true) or exists (select from pg_attribute where attrelid = to_regclass('public."Таблица"') and attname = 'имя' and not attisdropped and attnotnull))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/16 add a check that public."Таблица"."имя" is not NULL'
ALTER TABLE public."Таблица" ADD CONSTRAINT schemawarden_not_null_bc651d5c CHECK ("имя" IS NOT NULL) NOT VALID;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/16 add a check that public."Таблица"."имя" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/16 validate that public."Таблица"."имя" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_bc651d5c' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public."Таблица"') and attname = 'имя' and not attisdropped and attnotnull))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '6/16 validate that public."Таблица"."имя" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."Таблица" VALIDATE CONSTRAINT schemawarden_not_null_bc651d5c$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_bc651d5c' and not convalidated) THEN EXECUTE $$ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_bc651d5c$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_bc651d5c', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_bc651d5c', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '6/16 validate that public."Таблица"."имя" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/16 validate that public."Таблица"."имя" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/16 set public."Таблица"."имя" NOT NULL
-- 8/16 drop the check that public."Таблица"."имя" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."Таблица"') and attname = 'имя' and not attisdropped and attnotnull)$$ AS end_7,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'schemawarden_not_null_bc651d5c' and true))$$ AS end_8 \gset
SELECT NOT ((:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/16 set public."Таблица"."имя" NOT NULL'
ALTER TABLE public."Таблица" ALTER COLUMN "имя" SET NOT NULL;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/16 set public."Таблица"."имя" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/16 drop the check that public."Таблица"."имя" is not NULL'
ALTER TABLE public."Таблица" DROP CONSTRAINT schemawarden_not_null_bc651d5c;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/16 drop the check that public."Таблица"."имя" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/16 build index public."Таблица_pkey"
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public."Таблица_pkey"') and indrelid = to_regclass('public."Таблица"') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname in ('Таблица_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['数']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/16 build index public."Таблица_pkey"'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY "Таблица_pkey" ON public."Таблица" USING btree ("数");
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/16 build index public."Таблица_pkey": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/16 make public."Таблица"."Таблица_pkey" the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'Таблица_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['数']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public."Таблица" IN ACCESS EXCLUSIVE MODE;
\echo '10/16 make public."Таблица"."Таблица_pkey" the primary key'
ALTER TABLE public."Таблица" ADD CONSTRAINT "Таблица_pkey" PRIMARY KEY USING INDEX "Таблица_pkey";
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/16 make public."Таблица"."Таблица_pkey" the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/16 build index public."Таблица_имя_key"
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public."Таблица_имя_key"') and indrelid = to_regclass('public."Таблица"') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname in ('Таблица_имя_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['имя']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/16 build index public."Таблица_имя_key"'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY "Таблица_имя_key" ON public."Таблица" USING btree ("имя");
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/16 build index public."Таблица_имя_key": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 12/16 make public."Таблица"."Таблица_имя_key" the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'Таблица_имя_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['имя']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public."Таблица" IN ACCESS EXCLUSIVE MODE;
\echo '12/16 make public."Таблица"."Таблица_имя_key" the unique constraint'
ALTER TABLE public."Таблица" ADD CONSTRAINT "Таблица_имя_key" UNIQUE USING INDEX "Таблица_имя_key";
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/16 make public."Таблица"."Таблица_имя_key" the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 13/16 add check public."Таблица"."Таблица_é_check"
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname in ('Таблица_é_check') and true)$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '13/16 add check public."Таблица"."Таблица_é_check"'
ALTER TABLE public."Таблица" ADD CONSTRAINT "Таблица_é_check" CHECK (("é" > 0)) NOT VALID;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/16 add check public."Таблица"."Таблица_é_check": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/16 validate public."Таблица"."Таблица_é_check"
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname in ('Таблица_é_check') and convalidated and true)$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '14/16 validate public."Таблица"."Таблица_é_check"'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."Таблица" VALIDATE CONSTRAINT "Таблица_é_check"$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."Таблица"') and conname = 'Таблица_é_check' and not convalidated) THEN EXECUTE $$ALTER TABLE public."Таблица" DROP CONSTRAINT "Таблица_é_check"$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."Таблица" DROP CONSTRAINT "Таблица_é_check"', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."Таблица" DROP CONSTRAINT "Таблица_é_check"', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '14/16 validate public."Таблица"."Таблица_é_check": ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/16 validate public."Таблица"."Таблица_é_check": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/16 build index public."индекс"
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public."индекс"') and indrelid = to_regclass('public."Таблица"') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public."индекс"') and indrelid = to_regclass('public."Таблица"') and indisvalid))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/16 build index public."индекс"'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY "индекс" ON public."Таблица" USING btree ("é");
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/16 build index public."индекс": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 16/16 analyze public."Таблица"
\if :changed
\echo '16/16 analyze public."Таблица"'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public."Таблица";
\endif
