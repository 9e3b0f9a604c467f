-- 23 steps in 19 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/23 add a check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_3fd322a3' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and attname = 'b123456789_123456789_123456789_123456789_123456789_123456789_12' and not attisdropped and attnotnull))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/23 add a check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 ADD CONSTRAINT schemawarden_not_null_3fd322a3 CHECK (b123456789_123456789_123456789_123456789_123456789_123456789_12 IS NOT NULL) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/23 add a check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_3fd322a3' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and attname = 'b123456789_123456789_123456789_123456789_123456789_123456789_12' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 VALIDATE CONSTRAINT schemawarden_not_null_3fd322a3$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_3fd322a3' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_3fd322a3$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_3fd322a3', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_3fd322a3', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/23 set public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 NOT NULL
-- 4/23 drop the check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and attname = 'b123456789_123456789_123456789_123456789_123456789_123456789_12' and not attisdropped and attnotnull)$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_3fd322a3' and true))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/23 set public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 NOT NULL'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 ALTER COLUMN b123456789_123456789_123456789_123456789_123456789_123456789_12 SET NOT NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/23 set public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/23 drop the check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_3fd322a3;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/23 drop the check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_12 is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/23 add a check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_f350b0f7' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and attname = 'b123456789_123456789_123456789_123456789_123456789_123456789_13' and not attisdropped and attnotnull))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/23 add a check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 ADD CONSTRAINT schemawarden_not_null_f350b0f7 CHECK (b123456789_123456789_123456789_123456789_123456789_123456789_13 IS NOT NULL) NOT VALID;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/23 add a check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_f350b0f7' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and attname = 'b123456789_123456789_123456789_123456789_123456789_123456789_13' and not attisdropped and attnotnull))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '6/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 VALIDATE CONSTRAINT schemawarden_not_null_f350b0f7$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_f350b0f7' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_f350b0f7$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_f350b0f7', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_f350b0f7', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '6/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/23 validate that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/23 set public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 NOT NULL
-- 8/23 drop the check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and attname = 'b123456789_123456789_123456789_123456789_123456789_123456789_13' and not attisdropped and attnotnull)$$ AS end_7,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_not_null_f350b0f7' and true))$$ AS end_8 \gset
SELECT NOT ((:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/23 set public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 NOT NULL'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 ALTER COLUMN b123456789_123456789_123456789_123456789_123456789_123456789_13 SET NOT NULL;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/23 set public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/23 drop the check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_not_null_f350b0f7;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/23 drop the check that public.a123456789_123456789_123456789_123456789_123456789_123456789_12.b123456789_123456789_123456789_123456789_123456789_123456789_13 is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/23 build index public.schemawarden_idx_1130a607
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_1130a607') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.i123456789_123456789_123456789_123456789_123456789_123456789_12') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and indisvalid and not indisunique and indpred is null and indoption::text = '0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13']))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/23 build index public.schemawarden_idx_1130a607'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY schemawarden_idx_1130a607 ON public.a123456789_123456789_123456789_123456789_123456789_123456789_12 USING btree (b123456789_123456789_123456789_123456789_123456789_123456789_13);
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/23 build index public.schemawarden_idx_1130a607: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/23 drop index public.a123456789_123456789_123456789_123456789_123456789_123456789_12.i123456789_123456789_123456789_123456789_123456789_123456789_12
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.i123456789_123456789_123456789_123456789_123456789_123456789_12') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and not (indisvalid and not indisunique and indpred is null and indoption::text = '0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13'])))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/23 drop index public.a123456789_123456789_123456789_123456789_123456789_123456789_12.i123456789_123456789_123456789_123456789_123456789_123456789_12'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.i123456789_123456789_123456789_123456789_123456789_123456789_12;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/23 drop index public.a123456789_123456789_123456789_123456789_123456789_123456789_12.i123456789_123456789_123456789_123456789_123456789_123456789_12: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/23 rename index public.schemawarden_idx_1130a607 to i123456789_123456789_123456789_123456789_123456789_123456789_12
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.i123456789_123456789_123456789_123456789_123456789_123456789_12') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and indisvalid and not indisunique and indpred is null and indoption::text = '0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13'])$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '11/23 rename index public.schemawarden_idx_1130a607 to i123456789_123456789_123456789_123456789_123456789_123456789_12'
ALTER INDEX public.schemawarden_idx_1130a607 RENAME TO i123456789_123456789_123456789_123456789_123456789_123456789_12;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/23 rename index public.schemawarden_idx_1130a607 to i123456789_123456789_123456789_123456789_123456789_123456789_12: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/23 build index public.schemawarden_idx_b90b6120
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_b90b6120') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.i123456789_123456789_123456789_123456789_123456789_123456789_13') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13']))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/23 build index public.schemawarden_idx_b90b6120'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY schemawarden_idx_b90b6120 ON public.a123456789_123456789_123456789_123456789_123456789_123456789_12 USING btree (b123456789_123456789_123456789_123456789_123456789_123456789_13 DESC);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/23 build index public.schemawarden_idx_b90b6120: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/23 drop index public.a123456789_123456789_123456789_123456789_123456789_123456789_12.i123456789_123456789_123456789_123456789_123456789_123456789_13
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.i123456789_123456789_123456789_123456789_123456789_123456789_13') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and not (indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13'])))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/23 drop index public.a123456789_123456789_123456789_123456789_123456789_123456789_12.i123456789_123456789_123456789_123456789_123456789_123456789_13'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.i123456789_123456789_123456789_123456789_123456789_123456789_13;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/23 drop index public.a123456789_123456789_123456789_123456789_123456789_123456789_12.i123456789_123456789_123456789_123456789_123456789_123456789_13: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 14/23 rename index public.schemawarden_idx_b90b6120 to i123456789_123456789_123456789_123456789_123456789_123456789_13
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.i123456789_123456789_123456789_123456789_123456789_123456789_13') and indrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13'])$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '14/23 rename index public.schemawarden_idx_b90b6120 to i123456789_123456789_123456789_123456789_123456789_123456789_13'
ALTER INDEX public.schemawarden_idx_b90b6120 RENAME TO i123456789_123456789_123456789_123456789_123456789_123456789_13;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/23 rename index public.schemawarden_idx_b90b6120 to i123456789_123456789_123456789_123456789_123456789_123456789_13: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/23 add foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname in ('schemawarden_fkey_13287457', 'k123456789_123456789_123456789_123456789_123456789_123456789_12') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_12']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.a123456789_123456789_123456789_123456789_123456789_123456789_12 IN SHARE ROW EXCLUSIVE MODE;
\echo '15/23 add foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 ADD CONSTRAINT schemawarden_fkey_13287457 FOREIGN KEY (b123456789_123456789_123456789_123456789_123456789_123456789_12) REFERENCES public.p(id) ON DELETE RESTRICT NOT VALID;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/23 add foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname in ('schemawarden_fkey_13287457', 'k123456789_123456789_123456789_123456789_123456789_123456789_12') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_12']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '16/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 VALIDATE CONSTRAINT schemawarden_fkey_13287457$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_fkey_13287457' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_fkey_13287457$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_fkey_13287457', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_fkey_13287457', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '16/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/23 drop the old foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12
-- 18/23 rename constraint public.a123456789_123456789_123456789_123456789_123456789_123456789_12.schemawarden_fkey_13287457 to k123456789_123456789_123456789_123456789_123456789_123456789_12
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'k123456789_123456789_123456789_123456789_123456789_123456789_12' and not (contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_12']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_17,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'k123456789_123456789_123456789_123456789_123456789_123456789_12' and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_12']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_18 \gset
SELECT NOT ((:end_17) AND (:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.a123456789_123456789_123456789_123456789_123456789_123456789_12 IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/23 drop the old foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT k123456789_123456789_123456789_123456789_123456789_123456789_12;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/23 drop the old foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_12: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
\echo '18/23 rename constraint public.a123456789_123456789_123456789_123456789_123456789_123456789_12.schemawarden_fkey_13287457 to k123456789_123456789_123456789_123456789_123456789_123456789_12'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 RENAME CONSTRAINT schemawarden_fkey_13287457 TO k123456789_123456789_123456789_123456789_123456789_123456789_12;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/23 rename constraint public.a123456789_123456789_123456789_123456789_123456789_123456789_12.schemawarden_fkey_13287457 to k123456789_123456789_123456789_123456789_123456789_123456789_12: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 19/23 add foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname in ('schemawarden_fkey_82a311d0', 'k123456789_123456789_123456789_123456789_123456789_123456789_13') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.a123456789_123456789_123456789_123456789_123456789_123456789_12 IN SHARE ROW EXCLUSIVE MODE;
\echo '19/23 add foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 ADD CONSTRAINT schemawarden_fkey_82a311d0 FOREIGN KEY (b123456789_123456789_123456789_123456789_123456789_123456789_13) REFERENCES public.p(id) ON DELETE RESTRICT NOT VALID;
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/23 add foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 20/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname in ('schemawarden_fkey_82a311d0', 'k123456789_123456789_123456789_123456789_123456789_123456789_13') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_20 \gset
SELECT NOT ((:end_20)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '20/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 VALIDATE CONSTRAINT schemawarden_fkey_82a311d0$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'schemawarden_fkey_82a311d0' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_fkey_82a311d0$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_fkey_82a311d0', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT schemawarden_fkey_82a311d0', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '20/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_20) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '20/23 validate public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 21/23 drop the old foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13
-- 22/23 rename constraint public.a123456789_123456789_123456789_123456789_123456789_123456789_12.schemawarden_fkey_82a311d0 to k123456789_123456789_123456789_123456789_123456789_123456789_13
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'k123456789_123456789_123456789_123456789_123456789_123456789_13' and not (contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_21,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.a123456789_123456789_123456789_123456789_123456789_123456789_12') and conname = 'k123456789_123456789_123456789_123456789_123456789_123456789_13' and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b123456789_123456789_123456789_123456789_123456789_123456789_13']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_22 \gset
SELECT NOT ((:end_21) AND (:end_22)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.a123456789_123456789_123456789_123456789_123456789_123456789_12 IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_21)) AS todo \gset
\if :todo
\echo '21/23 drop the old foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 DROP CONSTRAINT k123456789_123456789_123456789_123456789_123456789_123456789_13;
SELECT (:end_21) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '21/23 drop the old foreign key public.a123456789_123456789_123456789_123456789_123456789_123456789_12.k123456789_123456789_123456789_123456789_123456789_123456789_13: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_22)) AS todo \gset
\if :todo
\echo '22/23 rename constraint public.a123456789_123456789_123456789_123456789_123456789_123456789_12.schemawarden_fkey_82a311d0 to k123456789_123456789_123456789_123456789_123456789_123456789_13'
ALTER TABLE public.a123456789_123456789_123456789_123456789_123456789_123456789_12 RENAME CONSTRAINT schemawarden_fkey_82a311d0 TO k123456789_123456789_123456789_123456789_123456789_123456789_13;
SELECT (:end_22) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '22/23 rename constraint public.a123456789_123456789_123456789_123456789_123456789_123456789_12.schemawarden_fkey_82a311d0 to k123456789_123456789_123456789_123456789_123456789_123456789_13: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 23/23 analyze public.a123456789_123456789_123456789_123456789_123456789_123456789_12
\if :changed
\echo '23/23 analyze public.a123456789_123456789_123456789_123456789_123456789_123456789_12'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.a123456789_123456789_123456789_123456789_123456789_123456789_12;
\endif
