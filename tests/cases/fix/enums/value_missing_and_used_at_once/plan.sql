-- 8 steps in 8 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/8 add label 'bored' to enum public.mood
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.mood') and enumlabel = 'bored')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/8 add label ''bored'' to enum public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.mood ADD VALUE 'bored' AFTER 'calm';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 add label ''bored'' to enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/8 add column public.t.extra
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'extra' and not attisdropped and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/8 add column public.t.extra'
ALTER TABLE public.t ADD COLUMN extra public.mood DEFAULT 'bored'::public.mood;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 add column public.t.extra: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/8 set the default of public.t.m
SELECT $$exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 'm' and pg_get_expr(d.adbin, d.adrelid) <> '''calm''::public.mood')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/8 set the default of public.t.m'
ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'bored'::public.mood;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 set the default of public.t.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/8 add check public.t.t_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_check') and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/8 add check public.t.t_check'
ALTER TABLE public.t ADD CONSTRAINT t_check CHECK (((m <> 'bored'::public.mood) OR (id > 5))) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 add check public.t.t_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/8 validate public.t.t_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_check') and convalidated and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '5/8 validate public.t.t_check'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT t_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_check' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT t_check$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT t_check', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT t_check', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '5/8 validate public.t.t_check: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 validate public.t.t_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/8 build index public.t_bored_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_bored_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_bored_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 build index public.t_bored_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_bored_idx ON public.t USING btree (id) WHERE (m = 'bored'::public.mood);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 build index public.t_bored_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/8 create view public.bored
SELECT $$exists (select from pg_class where oid = to_regclass('public.bored') and relkind in ('v'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/8 create view public.bored'
CREATE VIEW public.bored (id) AS  SELECT t.id
   FROM public.t
  WHERE (t.m = 'bored'::public.mood);
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/8 create view public.bored: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/8 analyze public.t
\if :changed
\echo '8/8 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
