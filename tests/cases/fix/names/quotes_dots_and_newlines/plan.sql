-- 17 steps in 15 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/17 add column "We.ird"."Ta""b.le"."new""one"
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'new"one' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/17 add column "We.ird"."Ta""b.le"."new""one"'
ALTER TABLE "We.ird"."Ta""b.le" ADD COLUMN "new""one" integer;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/17 add column "We.ird"."Ta""b.le"."new""one": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/17 add a check that "We.ird"."Ta""b.le"."Co'l" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_0656d540' and true) or exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'Co''l' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/17 add a check that "We.ird"."Ta""b.le"."Co''l" is not NULL'
ALTER TABLE "We.ird"."Ta""b.le" ADD CONSTRAINT schemawarden_not_null_0656d540 CHECK ("Co'l" IS NOT NULL) NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/17 add a check that "We.ird"."Ta""b.le"."Co''l" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/17 validate that "We.ird"."Ta""b.le"."Co'l" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_0656d540' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'Co''l' and not attisdropped and attnotnull))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/17 validate that "We.ird"."Ta""b.le"."Co''l" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE "We.ird"."Ta""b.le" VALIDATE CONSTRAINT schemawarden_not_null_0656d540$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_0656d540' and not convalidated) THEN EXECUTE $$ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_0656d540$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_0656d540', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_0656d540', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '3/17 validate that "We.ird"."Ta""b.le"."Co''l" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/17 validate that "We.ird"."Ta""b.le"."Co''l" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/17 set "We.ird"."Ta""b.le"."Co'l" NOT NULL
-- 5/17 drop the check that "We.ird"."Ta""b.le"."Co'l" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'Co''l' and not attisdropped and attnotnull)$$ AS end_4,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_0656d540' and true))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/17 set "We.ird"."Ta""b.le"."Co''l" NOT NULL'
ALTER TABLE "We.ird"."Ta""b.le" ALTER COLUMN "Co'l" SET NOT NULL;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/17 set "We.ird"."Ta""b.le"."Co''l" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/17 drop the check that "We.ird"."Ta""b.le"."Co''l" is not NULL'
ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_0656d540;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/17 drop the check that "We.ird"."Ta""b.le"."Co''l" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/17 add a check that "We.ird"."Ta""b.le"."two\nlines" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_e4190292' and true) or exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'two
lines' and not attisdropped and attnotnull))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/17 add a check that "We.ird"."Ta""b.le"."two\\nlines" is not NULL'
ALTER TABLE "We.ird"."Ta""b.le" ADD CONSTRAINT schemawarden_not_null_e4190292 CHECK ("two
lines" IS NOT NULL) NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = E'6/17 add a check that "We.ird"."Ta""b.le"."two\\nlines" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/17 validate that "We.ird"."Ta""b.le"."two\nlines" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_e4190292' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'two
lines' and not attisdropped and attnotnull))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/17 validate that "We.ird"."Ta""b.le"."two\\nlines" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE "We.ird"."Ta""b.le" VALIDATE CONSTRAINT schemawarden_not_null_e4190292$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_e4190292' and not convalidated) THEN EXECUTE $$ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_e4190292$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_e4190292', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_e4190292', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = E'7/17 validate that "We.ird"."Ta""b.le"."two\\nlines" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = E'7/17 validate that "We.ird"."Ta""b.le"."two\\nlines" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/17 set "We.ird"."Ta""b.le"."two\nlines" NOT NULL
-- 9/17 drop the check that "We.ird"."Ta""b.le"."two\nlines" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('"We.ird"."Ta""b.le"') and attname = 'two
lines' and not attisdropped and attnotnull)$$ AS end_8,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'schemawarden_not_null_e4190292' and true))$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/17 set "We.ird"."Ta""b.le"."two\\nlines" NOT NULL'
ALTER TABLE "We.ird"."Ta""b.le" ALTER COLUMN "two
lines" SET NOT NULL;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = E'8/17 set "We.ird"."Ta""b.le"."two\\nlines" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/17 drop the check that "We.ird"."Ta""b.le"."two\\nlines" is not NULL'
ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT schemawarden_not_null_e4190292;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = E'9/17 drop the check that "We.ird"."Ta""b.le"."two\\nlines" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/17 build index "We.ird"."Ta""b.le_pkey"
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('"We.ird"."Ta""b.le_pkey"') and indrelid = to_regclass('"We.ird"."Ta""b.le"') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname in ('Ta"b.le_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['Co''l']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/17 build index "We.ird"."Ta""b.le_pkey"'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY "Ta""b.le_pkey" ON "We.ird"."Ta""b.le" USING btree ("Co'l");
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/17 build index "We.ird"."Ta""b.le_pkey": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/17 make "We.ird"."Ta""b.le"."Ta""b.le_pkey" the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'Ta"b.le_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['Co''l']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY "We.ird"."Ta""b.le" IN ACCESS EXCLUSIVE MODE;
\echo '11/17 make "We.ird"."Ta""b.le"."Ta""b.le_pkey" the primary key'
ALTER TABLE "We.ird"."Ta""b.le" ADD CONSTRAINT "Ta""b.le_pkey" PRIMARY KEY USING INDEX "Ta""b.le_pkey";
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/17 make "We.ird"."Ta""b.le"."Ta""b.le_pkey" the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/17 add check "We.ird"."Ta""b.le"."a $$ check; -- or not"
SELECT $sql$exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname in ('a $$ check; -- or not') and true)$sql$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '12/17 add check "We.ird"."Ta""b.le"."a $$ check; -- or not"'
ALTER TABLE "We.ird"."Ta""b.le" ADD CONSTRAINT "a $$ check; -- or not" CHECK (("semi;colon" > 0)) NOT VALID;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = '12/17 add check "We.ird"."Ta""b.le"."a $$ check; -- or not": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
COMMIT;
\set changed on
\endif

-- 13/17 validate "We.ird"."Ta""b.le"."a $$ check; -- or not"
SELECT $sql$exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname in ('a $$ check; -- or not') and convalidated and true)$sql$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '13/17 validate "We.ird"."Ta""b.le"."a $$ check; -- or not"'
DO $sql2$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $sql$ALTER TABLE "We.ird"."Ta""b.le" VALIDATE CONSTRAINT "a $$ check; -- or not"$sql$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'a $$ check; -- or not' and not convalidated) THEN EXECUTE $sql$ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT "a $$ check; -- or not"$sql$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT "a $$ check; -- or not"', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT "a $$ check; -- or not"', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql2$;
COMMIT;
DO $sql$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '13/17 validate "We.ird"."Ta""b.le"."a $$ check; -- or not": ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$sql$;
BEGIN;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = '13/17 validate "We.ird"."Ta""b.le"."a $$ check; -- or not": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
COMMIT;
\set changed on
\endif

-- 14/17 build index "We.ird"."in dex"
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('"We.ird"."in dex"') and indrelid = to_regclass('"We.ird"."Ta""b.le"') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('"We.ird"."in dex"') and indrelid = to_regclass('"We.ird"."Ta""b.le"') and indisvalid))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/17 build index "We.ird"."in dex"'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY "in dex" ON "We.ird"."Ta""b.le" USING btree ("two
lines");
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/17 build index "We.ird"."in dex": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 15/17 add foreign key "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey"
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname in ('Ta"b.le_new"one_fkey') and contype = 'f' and confrelid = to_regclass('"We.ird"."Ta""b.le"') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['new"one']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['Co''l']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY "We.ird"."Ta""b.le" IN SHARE ROW EXCLUSIVE MODE;
\echo '15/17 add foreign key "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey"'
ALTER TABLE "We.ird"."Ta""b.le" ADD CONSTRAINT "Ta""b.le_new""one_fkey" FOREIGN KEY ("new""one") REFERENCES "We.ird"."Ta""b.le"("Co'l") NOT VALID;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/17 add foreign key "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/17 validate "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey"
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname in ('Ta"b.le_new"one_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('"We.ird"."Ta""b.le"') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['new"one']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['Co''l']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '16/17 validate "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey"'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE "We.ird"."Ta""b.le" VALIDATE CONSTRAINT "Ta""b.le_new""one_fkey"$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('"We.ird"."Ta""b.le"') and conname = 'Ta"b.le_new"one_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT "Ta""b.le_new""one_fkey"$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT "Ta""b.le_new""one_fkey"', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE "We.ird"."Ta""b.le" DROP CONSTRAINT "Ta""b.le_new""one_fkey"', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '16/17 validate "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey": ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/17 validate "We.ird"."Ta""b.le"."Ta""b.le_new""one_fkey": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/17 analyze "We.ird"."Ta""b.le"
\if :changed
\echo '17/17 analyze "We.ird"."Ta""b.le"'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE "We.ird"."Ta""b.le";
\endif
