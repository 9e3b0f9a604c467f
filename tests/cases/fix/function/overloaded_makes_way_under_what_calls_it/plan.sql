-- 10 steps in 5 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop function public.n(integer, integer): routine public.n(integer, integer)

-- 1/10 create function public.n(integer, integer, integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer, integer, integer' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/10 create function public.n(integer, integer, integer)'
CREATE OR REPLACE FUNCTION public.n(i integer, k integer DEFAULT 2, j integer DEFAULT 3)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT i + k + j$function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/10 create function public.n(integer, integer, integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/10 drop index public.t.t_n
-- 3/10 drop constraint public.t.t_a_check
-- 4/10 drop view public.v
-- 5/10 drop function public.n(integer, integer)
-- 6/10 create view public.v
-- 7/10 add constraint public.t.t_a_check again
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_n') and indrelid = to_regclass('public.t') and true)) or not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer, integer' and true)))$$ AS end_2,
       $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_a_check' and true)) or not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer, integer' and true)))$$ AS end_3,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer, integer' and true)))$$ AS end_4,
       $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer, integer' and true)) or not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer, integer' and true)))$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_6,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_a_check' and true)$$ AS end_7 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/10 drop index public.t.t_n'
DROP INDEX public.t_n;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/10 drop index public.t.t_n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/10 drop constraint public.t.t_a_check'
ALTER TABLE public.t DROP CONSTRAINT t_a_check;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/10 drop constraint public.t.t_a_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/10 drop view public.v'
DROP VIEW public.v;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/10 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/10 drop function public.n(integer, integer)'
DROP FUNCTION public.n(integer, integer);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/10 drop function public.n(integer, integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/10 create view public.v'
CREATE VIEW public.v (n) AS  SELECT public.n(t.a) AS n
   FROM public.t;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/10 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/10 add constraint public.t.t_a_check again'
ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK ((public.n(a) > 0)) NOT VALID;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/10 add constraint public.t.t_a_check again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 8/10 validate public.t.t_a_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_a_check') and convalidated and true)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/10 validate public.t.t_a_check'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT t_a_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_a_check' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT t_a_check$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT t_a_check', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT t_a_check', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
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
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '8/10 validate public.t.t_a_check: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/10 validate public.t.t_a_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/10 build index public.t_n
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_n') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_n') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/10 build index public.t_n'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY t_n ON public.t USING btree (public.n(a));
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
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/10 build index public.t_n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/10 analyze public.t
\if :changed
\echo '10/10 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ANALYZE public.t;
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
COMMIT;
\endif
