-- 7 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/7 drop view public.v
-- 2/7 create view public.v
-- 3/7 comment on public.v
-- 4/7 comment on public.v.id
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t'))$$ AS end_1,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.v') and obj_description(oid, 'pg_class') = 'view')$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.v') and attname = 'id' and not attisdropped and col_description(attrelid, attnum) = 'column')$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 create view public.v'
CREATE VIEW public.v (a, id) AS  SELECT t.a,
    t.id
   FROM public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 comment on public.v'
COMMENT ON VIEW public.v IS 'view';
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 comment on public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 comment on public.v.id'
COMMENT ON COLUMN public.v.id IS 'column';
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 comment on public.v.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/7 drop function public.f(integer)
-- 6/7 create function public.f(integer)
-- 7/7 comment on public.f(integer)
SELECT $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ select a $function$
'))$$ AS end_5,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_6,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and obj_description(oid, 'pg_proc') = 'function')$$ AS end_7 \gset
SELECT NOT ((:end_5) AND (:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 drop function public.f(integer)'
DROP FUNCTION public.f(integer);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 drop function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/7 create function public.f(integer)'
CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS bigint
 LANGUAGE sql
AS $function$ select a::bigint $function$
;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 create function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/7 comment on public.f(integer)'
COMMENT ON ROUTINE public.f(integer) IS 'function';
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/7 comment on public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
