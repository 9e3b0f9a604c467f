-- 5 steps in 3 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a numeric: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/5 drop constraint public.t.sizes
-- 2/5 alter public.t: a numeric
-- 3/5 add constraint public.t.sizes again
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'sizes' and true)) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'sizes' and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 drop constraint public.t.sizes'
ALTER TABLE public.t DROP CONSTRAINT sizes;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop constraint public.t.sizes: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 alter public.t: a numeric'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::numeric)::numeric::integer)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to numeric and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE numeric USING a::numeric;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 alter public.t: a numeric: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 add constraint public.t.sizes again'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TABLE public.t ADD CONSTRAINT sizes CHECK (((a > (0)::numeric) AND ((b)::numeric > a))) NOT VALID;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 add constraint public.t.sizes again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/5 validate public.t.sizes
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('sizes') and convalidated and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '4/5 validate public.t.sizes'
DO $sql$DECLARE
  why text;
  back text := '';
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT sizes$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'sizes' and not convalidated) THEN
        BEGIN
          EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT sizes, ADD CONSTRAINT sizes CHECK (((a > 0) AND (b > a))) NOT VALID$$;
          back := '; what was added for it has been taken back, and what was there before put back: ALTER TABLE public.t DROP CONSTRAINT sizes, ADD CONSTRAINT sizes CHECK (((a > 0) AND (b > a))) NOT VALID';
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN RAISE;
        WHEN OTHERS THEN
          back := '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT sizes' || '; what was there before could not be put back: ' || SQLERRM;
          EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT sizes$$;
        END;
      END IF;
      PERFORM set_config('schemawarden.refused', why || back, false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT sizes, ADD CONSTRAINT sizes CHECK (((a > 0) AND (b > a))) NOT VALID', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
BEGIN;
DO $sql$BEGIN
  IF current_setting('schemawarden.refused', true) <> '' AND exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'sizes' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT sizes$$; END IF;
EXCEPTION WHEN OTHERS THEN
  PERFORM set_config('schemawarden.refused', current_setting('schemawarden.refused') || '; it is NOT VALID now, which ALTER TABLE public.t VALIDATE CONSTRAINT sizes ends: ' || SQLERRM, false);
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '4/5 validate public.t.sizes: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 validate public.t.sizes: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.t
\if :changed
\echo '5/5 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
