-- 7 steps in 5 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- table_rewrite: add column public.t.s: table public.t is rewritten while readers and writers are stopped (100 rows, 8192 bytes)
-- data_loss: drop function public.score(integer): function public.score(integer)

-- 1/7 create function public.score(integer, integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'score' and oidvectortypes(proargtypes) = 'integer, integer' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/7 create function public.score(integer, integer)'
CREATE OR REPLACE FUNCTION public.score(a integer, factor integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a * factor $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 create function public.score(integer, integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/7 drop index public.t.t_s_idx
-- 3/7 drop column public.t.s
-- 4/7 add column public.t.s
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_s_idx') and indrelid = to_regclass('public.t') and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 's' and pg_get_expr(d.adbin, d.adrelid) <> 'public.score(a)')))$$ AS end_2,
       $$(not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 's' and pg_get_expr(d.adbin, d.adrelid) <> 'public.score(a)')))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and attgenerated <> '')$$ AS end_4 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 drop index public.t.t_s_idx'
DROP INDEX public.t_s_idx;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 drop index public.t.t_s_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 drop column public.t.s'
ALTER TABLE public.t DROP COLUMN s;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 drop column public.t.s: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 add column public.t.s'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ALTER TABLE public.t ADD COLUMN s integer GENERATED ALWAYS AS (public.score(a, 3)) STORED;
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
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 add column public.t.s: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/7 build index public.t_s_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_s_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_s_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 build index public.t_s_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_s_idx ON public.t USING btree (s);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 build index public.t_s_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/7 drop function public.score(integer)
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'score' and oidvectortypes(proargtypes) = 'integer' and true))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/7 drop function public.score(integer)'
DROP FUNCTION public.score(integer);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 drop function public.score(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
