-- 12 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/12 drop index public.t.t_f_idx
-- 2/12 drop constraint public.t.t_id_check
-- 3/12 drop the default of public.t.a
-- 4/12 drop view public.v
-- 5/12 drop function public.f(integer)
-- 6/12 create function public.f(integer)
-- 7/12 create view public.v
-- 8/12 set the default of public.t.a
-- 9/12 add constraint public.t.t_id_check again
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_f_idx') and indrelid = to_regclass('public.t') and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_1,
       $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_id_check' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_2,
       $$(exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and not atthasdef) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_3,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_4,
       $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_5,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_7,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and atthasdef)$$ AS end_8,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_id_check' and true)$$ AS end_9 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/12 drop index public.t.t_f_idx'
DROP INDEX public.t_f_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 drop index public.t.t_f_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/12 drop constraint public.t.t_id_check'
ALTER TABLE public.t DROP CONSTRAINT t_id_check;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 drop constraint public.t.t_id_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/12 drop the default of public.t.a'
ALTER TABLE public.t ALTER COLUMN a DROP DEFAULT;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 drop the default of public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/12 drop view public.v'
DROP VIEW public.v;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 drop function public.f(integer)'
DROP FUNCTION public.f(integer);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 drop function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/12 create function public.f(integer)'
CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a::bigint $function$
;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 create function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/12 create view public.v'
CREATE VIEW public.v (id, f) AS  SELECT t.id,
    public.f(t.id) AS f
   FROM public.t;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/12 set the default of public.t.a'
ALTER TABLE public.t ALTER COLUMN a SET DEFAULT public.f(1);
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 set the default of public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/12 add constraint public.t.t_id_check again'
ALTER TABLE public.t ADD CONSTRAINT t_id_check CHECK ((public.f(id) > 0)) NOT VALID;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 add constraint public.t.t_id_check again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/12 validate public.t.t_id_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_id_check') and convalidated and true)$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '10/12 validate public.t.t_id_check'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT t_id_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_id_check' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT t_id_check$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT t_id_check', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT t_id_check', false);
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
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '10/12 validate public.t.t_id_check: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/12 validate public.t.t_id_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/12 build index public.t_f_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_f_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_f_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/12 build index public.t_f_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY t_f_idx ON public.t USING btree (public.f(id));
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
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/12 build index public.t_f_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 12/12 analyze public.t
\if :changed
\echo '12/12 analyze public.t'
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
