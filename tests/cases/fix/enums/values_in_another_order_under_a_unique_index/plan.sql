-- 10 steps in 3 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: s public.size: table public.t is rewritten while readers and writers are stopped (3 rows, 8192 bytes)

-- 1/10 drop index public.t.t_g
-- 2/10 drop constraint public.t.by_text
-- 3/10 rename type public.size to schemawarden_type_9c2081b1
-- 4/10 create type public.size
-- 5/10 alter public.t: s public.size
-- 6/10 add constraint public.t.by_text again
-- 7/10 build index public.t_g
-- 8/10 drop the old type public.schemawarden_type_9c2081b1
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_g') and indrelid = to_regclass('public.t') and true)) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.size') order by enumsortorder) = array['medium', 'small', 'large']::text[]))$$ AS end_1,
       $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'by_text' and true)) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.size') order by enumsortorder) = array['medium', 'small', 'large']::text[]))$$ AS end_2,
       $$((to_regtype('public.schemawarden_type_9c2081b1') is not null) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.size') order by enumsortorder) = array['medium', 'small', 'large']::text[]))$$ AS end_3,
       $$array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.size') order by enumsortorder) = array['medium', 'small', 'large']::text[]$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and format_type(atttypid, atttypmod) = 'public.size' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_5,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'by_text' and true)$$ AS end_6,
       $$exists (select from pg_index where indexrelid = to_regclass('public.t_g') and indrelid = to_regclass('public.t') and indisvalid)$$ AS end_7,
       $$not (to_regtype('public.schemawarden_type_9c2081b1') is not null)$$ AS end_8 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/10 drop index public.t.t_g'
DROP INDEX public.t_g;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/10 drop index public.t.t_g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/10 drop constraint public.t.by_text'
ALTER TABLE public.t DROP CONSTRAINT by_text;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/10 drop constraint public.t.by_text: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/10 rename type public.size to schemawarden_type_9c2081b1'
ALTER TYPE public.size RENAME TO schemawarden_type_9c2081b1;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/10 rename type public.size to schemawarden_type_9c2081b1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/10 create type public.size'
CREATE TYPE public.size AS ENUM ('medium', 'small', 'large');
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/10 create type public.size: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/10 alter public.t: s public.size'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ALTER COLUMN s TYPE public.size USING s::text::public.size;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/10 alter public.t: s public.size: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/10 add constraint public.t.by_text again'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TABLE public.t ADD CONSTRAINT by_text CHECK ((((s)::text < 'z'::text) AND (s < 'large'::public.size))) NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/10 add constraint public.t.by_text again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/10 build index public.t_g'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
CREATE UNIQUE INDEX t_g ON public.t USING btree (g) WHERE (s < 'medium'::public.size);
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/10 build index public.t_g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/10 drop the old type public.schemawarden_type_9c2081b1'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
DROP TYPE public.schemawarden_type_9c2081b1;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/10 drop the old type public.schemawarden_type_9c2081b1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/10 validate public.t.by_text
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('by_text') and convalidated and true)$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '9/10 validate public.t.by_text'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT by_text$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'by_text' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT by_text$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT by_text', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT by_text', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '9/10 validate public.t.by_text: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/10 validate public.t.by_text: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
