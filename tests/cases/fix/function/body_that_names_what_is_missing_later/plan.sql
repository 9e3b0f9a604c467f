-- 6 steps in 5 transactions; no session is stopped; hazards: none

-- 1/6 create table public.a_table
-- 2/6 create constraint public.a_table.a_table_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.a_table') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.a_table') and conname = 'a_table_pkey' and true)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/6 create table public.a_table'
CREATE TABLE public.a_table (id integer NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 create table public.a_table: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/6 create constraint public.a_table.a_table_pkey'
ALTER TABLE public.a_table ADD CONSTRAINT a_table_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 create constraint public.a_table.a_table_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/6 create function public.a_function()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'a_function' and oidvectortypes(proargtypes) = '' and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/6 create function public.a_function()'
CREATE OR REPLACE FUNCTION public.a_function()
 RETURNS bigint
 LANGUAGE sql
AS $function$ select count(*) from a_table $function$
;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 create function public.a_function(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/6 create table public.z_table
SELECT $$exists (select from pg_class where oid = to_regclass('public.z_table') and relkind in ('r', 'p'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/6 create table public.z_table'
CREATE TABLE public.z_table (n bigint DEFAULT public.a_function());
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 create table public.z_table: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/6 create function public.z_function()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'z_function' and oidvectortypes(proargtypes) = '' and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/6 create function public.z_function()'
CREATE OR REPLACE FUNCTION public.z_function()
 RETURNS bigint
 LANGUAGE sql
AS $function$ select count(*) from z_table, a_view $function$
;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 create function public.z_function(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/6 create view public.a_view
SELECT $$exists (select from pg_class where oid = to_regclass('public.a_view') and relkind in ('v'))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/6 create view public.a_view'
CREATE VIEW public.a_view (n) AS  SELECT public.a_function() AS n;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/6 create view public.a_view: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
