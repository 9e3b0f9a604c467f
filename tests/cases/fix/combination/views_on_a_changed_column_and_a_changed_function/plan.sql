-- 9 steps in 3 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a numeric: table public.t is rewritten while readers and writers are stopped (100 rows, 8192 bytes)

-- 1/9 create function public.half(numeric)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'half' and oidvectortypes(proargtypes) = 'numeric' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/9 create function public.half(numeric)'
CREATE OR REPLACE FUNCTION public.half(a numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a / 2 $function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 create function public.half(numeric): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/9 drop view public.v3
-- 3/9 drop view public.v2
-- 4/9 drop view public.v1
-- 5/9 alter public.t: a numeric
-- 6/9 create view public.v1
-- 7/9 create view public.v2
-- 8/9 create view public.v3
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v3') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_2,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v2') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_3,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v1') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.v1') and relkind in ('v'))$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.v2') and relkind in ('v'))$$ AS end_7,
       $$exists (select from pg_class where oid = to_regclass('public.v3') and relkind in ('v'))$$ AS end_8 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 drop view public.v3'
DROP VIEW public.v3;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 drop view public.v3: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 drop view public.v2'
DROP VIEW public.v2;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 drop view public.v2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 drop view public.v1'
DROP VIEW public.v1;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 drop view public.v1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 alter public.t: a numeric'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::numeric)::numeric::integer)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to numeric and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE numeric USING a::numeric;
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
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 alter public.t: a numeric: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/9 create view public.v1'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.v1 (id, a, h) AS  SELECT t.id,
    t.a,
    public.half(t.a) AS h
   FROM public.t;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 create view public.v1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 create view public.v2'
CREATE VIEW public.v2 (h, count) AS  SELECT v1.h,
    count(*) AS count
   FROM public.v1
  GROUP BY v1.h;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 create view public.v2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/9 create view public.v3'
CREATE VIEW public.v3 (id) AS  SELECT v1.id
   FROM (public.v1
     JOIN public.v2 ON ((v1.h = v2.h)));
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/9 create view public.v3: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/9 analyze public.t
\if :changed
\echo '9/9 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
