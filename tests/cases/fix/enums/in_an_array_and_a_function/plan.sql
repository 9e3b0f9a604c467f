-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 add label 'lost' to enum public.mood
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.mood') and enumlabel = 'lost')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 add label ''lost'' to enum public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.mood ADD VALUE 'lost' AFTER 'wild';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add label ''lost'' to enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/3 replace function public.is_calm(public.mood)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'is_calm' and oidvectortypes(proargtypes) = 'public.mood' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.is_calm(m public.mood)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select m = ''calm'' $function$
')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 replace function public.is_calm(public.mood)'
CREATE OR REPLACE FUNCTION public.is_calm(m public.mood)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select m in ('calm', 'lost') $function$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 replace function public.is_calm(public.mood): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 set the default of public.t.m
SELECT $$exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 'm' and pg_get_expr(d.adbin, d.adrelid) <> '''{calm}''::public.mood[]')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 set the default of public.t.m'
ALTER TABLE public.t ALTER COLUMN m SET DEFAULT '{calm,lost}'::public.mood[];
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the default of public.t.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
