-- 7 steps in 5 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: state public.state: table public.t is rewritten while readers and writers are stopped (100 rows, 16 kB)

-- 1/7 create enum public.state
SELECT $$to_regtype('public.state') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/7 create enum public.state'
CREATE TYPE public.state AS ENUM ('open', 'shut', 'lost');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 create enum public.state: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/7 drop view public.open_ones
-- 3/7 alter public.t: state public.state
-- 4/7 create view public.open_ones
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.open_ones') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'state' and not attisdropped and format_type(atttypid, atttypmod) = 'public.state' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'state' and not attisdropped and format_type(atttypid, atttypmod) = 'public.state' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.open_ones') and relkind in ('v'))$$ AS end_4 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 drop view public.open_ones'
DROP VIEW public.open_ones;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 drop view public.open_ones: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 alter public.t: state public.state'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ALTER COLUMN state DROP DEFAULT, ALTER COLUMN state TYPE public.state USING state::public.state, ALTER COLUMN state SET DEFAULT 'lost'::public.state;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 alter public.t: state public.state: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 create view public.open_ones'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.open_ones (id, state) AS  SELECT t.id,
    t.state
   FROM public.t
  WHERE (t.state = 'open'::public.state);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 create view public.open_ones: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/7 add check public.t.t_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_check') and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/7 add check public.t.t_check'
ALTER TABLE public.t ADD CONSTRAINT t_check CHECK (((state <> 'lost'::public.state) OR (id > 0))) NOT VALID;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 add check public.t.t_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/7 validate public.t.t_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_check') and convalidated and true)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '6/7 validate public.t.t_check'
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
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '6/7 validate public.t.t_check: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 validate public.t.t_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/7 analyze public.t
\if :changed
\echo '7/7 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
