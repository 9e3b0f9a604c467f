-- 17 steps in 15 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/17 create enum public."primary"
SELECT $$to_regtype('public."primary"') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/17 create enum public."primary"'
CREATE TYPE public."primary" AS ENUM ('key');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/17 create enum public."primary": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/17 create function public."end"(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'end' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/17 create function public."end"(integer)'
CREATE OR REPLACE FUNCTION public."end"("case" integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ select $1 $function$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/17 create function public."end"(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/17 add column public."select"."user"
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'user' and not attisdropped and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/17 add column public."select"."user"'
ALTER TABLE public."select" ADD COLUMN "user" integer DEFAULT 5;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/17 add column public."select"."user": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/17 add a check that public."select"."table" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_91a0e8c6' and true) or exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'table' and not attisdropped and attnotnull))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/17 add a check that public."select"."table" is not NULL'
ALTER TABLE public."select" ADD CONSTRAINT schemawarden_not_null_91a0e8c6 CHECK ("table" IS NOT NULL) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/17 add a check that public."select"."table" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/17 validate that public."select"."table" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_91a0e8c6' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'table' and not attisdropped and attnotnull))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '5/17 validate that public."select"."table" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."select" VALIDATE CONSTRAINT schemawarden_not_null_91a0e8c6$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_91a0e8c6' and not convalidated) THEN EXECUTE $$ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_91a0e8c6$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_91a0e8c6', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_91a0e8c6', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '5/17 validate that public."select"."table" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/17 validate that public."select"."table" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/17 set public."select"."table" NOT NULL
-- 7/17 drop the check that public."select"."table" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'table' and not attisdropped and attnotnull)$$ AS end_6,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_91a0e8c6' and true))$$ AS end_7 \gset
SELECT NOT ((:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/17 set public."select"."table" NOT NULL'
ALTER TABLE public."select" ALTER COLUMN "table" SET NOT NULL;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/17 set public."select"."table" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/17 drop the check that public."select"."table" is not NULL'
ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_91a0e8c6;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/17 drop the check that public."select"."table" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 8/17 add a check that public."select"."from" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_c7dc24cf' and true) or exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'from' and not attisdropped and attnotnull))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/17 add a check that public."select"."from" is not NULL'
ALTER TABLE public."select" ADD CONSTRAINT schemawarden_not_null_c7dc24cf CHECK ("from" IS NOT NULL) NOT VALID;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/17 add a check that public."select"."from" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/17 validate that public."select"."from" is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_c7dc24cf' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'from' and not attisdropped and attnotnull))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '9/17 validate that public."select"."from" is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."select" VALIDATE CONSTRAINT schemawarden_not_null_c7dc24cf$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_c7dc24cf' and not convalidated) THEN EXECUTE $$ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_c7dc24cf$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_c7dc24cf', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_c7dc24cf', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '9/17 validate that public."select"."from" is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/17 validate that public."select"."from" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/17 set public."select"."from" NOT NULL
-- 11/17 drop the check that public."select"."from" is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public."select"') and attname = 'from' and not attisdropped and attnotnull)$$ AS end_10,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'schemawarden_not_null_c7dc24cf' and true))$$ AS end_11 \gset
SELECT NOT ((:end_10) AND (:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/17 set public."select"."from" NOT NULL'
ALTER TABLE public."select" ALTER COLUMN "from" SET NOT NULL;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/17 set public."select"."from" NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/17 drop the check that public."select"."from" is not NULL'
ALTER TABLE public."select" DROP CONSTRAINT schemawarden_not_null_c7dc24cf;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/17 drop the check that public."select"."from" is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 12/17 build index public.select_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.select_pkey') and indrelid = to_regclass('public."select"') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname in ('select_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['from']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/17 build index public.select_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY select_pkey ON public."select" USING btree ("from");
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/17 build index public.select_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/17 make public."select".select_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'select_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['from']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public."select" IN ACCESS EXCLUSIVE MODE;
\echo '13/17 make public."select".select_pkey the primary key'
ALTER TABLE public."select" ADD CONSTRAINT select_pkey PRIMARY KEY USING INDEX select_pkey;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/17 make public."select".select_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/17 add foreign key public."select".select_order_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname in ('select_order_fkey') and contype = 'f' and confrelid = to_regclass('public."select"') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['order']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['from']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public."select" IN SHARE ROW EXCLUSIVE MODE;
\echo '14/17 add foreign key public."select".select_order_fkey'
ALTER TABLE public."select" ADD CONSTRAINT select_order_fkey FOREIGN KEY ("order") REFERENCES public."select"("from") NOT VALID;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/17 add foreign key public."select".select_order_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/17 validate public."select".select_order_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname in ('select_order_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public."select"') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['order']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['from']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '15/17 validate public."select".select_order_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public."select" VALIDATE CONSTRAINT select_order_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public."select"') and conname = 'select_order_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public."select" DROP CONSTRAINT select_order_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public."select" DROP CONSTRAINT select_order_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public."select" DROP CONSTRAINT select_order_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '15/17 validate public."select".select_order_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/17 validate public."select".select_order_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/17 create view public."where"
SELECT $$exists (select from pg_class where oid = to_regclass('public."where"') and relkind in ('v'))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '16/17 create view public."where"'
CREATE VIEW public."where" ("group") AS  SELECT "select"."from" AS "group"
   FROM public."select";
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/17 create view public."where": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/17 analyze public."select"
\if :changed
\echo '17/17 analyze public."select"'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public."select";
\endif
