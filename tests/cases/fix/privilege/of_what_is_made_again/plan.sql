-- 17 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/17 drop view public.on_v
-- 2/17 drop view public.v
-- 3/17 create view public.v
-- 4/17 create view public.on_v
-- 5/17 set the owner of public.on_v to sw_case_reader
-- 6/17 grant SELECT on public.on_v to PUBLIC
-- 7/17 set the owner of public.v to "sw_case_Wri.ter"
-- 8/17 grant SELECT, INSERT on public.v to sw_case_reader with grant option
-- 9/17 grant SELECT on public.v.a to OWNER
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.on_v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t'))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.on_v') and relkind in ('v'))$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.on_v') and relowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_reader'))$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.on_v') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = 0))$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter'))$$ AS end_7,
       $$exists (select from pg_class where oid = to_regclass('public.v') and array['SELECT', 'INSERT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader') and e.is_grantable))$$ AS end_8,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.v') and attname = 'a' and not attisdropped and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select c.relowner from pg_class c where c.oid = attrelid)))$$ AS end_9 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/17 drop view public.on_v'
DROP VIEW public.on_v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/17 drop view public.on_v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/17 drop view public.v'
DROP VIEW public.v;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/17 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/17 create view public.v'
CREATE VIEW public.v (id, a) AS  SELECT t.id,
    (t.a)::text AS a
   FROM public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/17 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/17 create view public.on_v'
CREATE VIEW public.on_v (id) AS  SELECT v.id
   FROM public.v;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/17 create view public.on_v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/17 set the owner of public.on_v to sw_case_reader'
ALTER VIEW public.on_v OWNER TO sw_case_reader;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/17 set the owner of public.on_v to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/17 grant SELECT on public.on_v to PUBLIC'
GRANT SELECT ON TABLE public.on_v TO PUBLIC;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/17 grant SELECT on public.on_v to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/17 set the owner of public.v to "sw_case_Wri.ter"'
ALTER VIEW public.v OWNER TO "sw_case_Wri.ter";
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/17 set the owner of public.v to "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/17 grant SELECT, INSERT on public.v to sw_case_reader with grant option'
GRANT SELECT, INSERT ON TABLE public.v TO sw_case_reader WITH GRANT OPTION;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/17 grant SELECT, INSERT on public.v to sw_case_reader with grant option: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/17 grant SELECT on public.v.a to OWNER'
GRANT SELECT (a) ON TABLE public.v TO "sw_case_Wri.ter";
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/17 grant SELECT on public.v.a to OWNER: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/17 drop materialized view public.m
-- 11/17 create materialized view public.m
-- 12/17 grant SELECT on public.m to sw_case_reader
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))) or exists (select from pg_class where oid = to_regclass('public.m') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t'))$$ AS end_10,
       $$exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))$$ AS end_11,
       $$exists (select from pg_class where oid = to_regclass('public.m') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_12 \gset
SELECT NOT ((:end_10) AND (:end_11) AND (:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/17 drop materialized view public.m'
DROP MATERIALIZED VIEW public.m;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/17 drop materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/17 create materialized view public.m'
CREATE MATERIALIZED VIEW public.m (id, a) AS  SELECT t.id,
    (t.a)::text AS a
   FROM public.t;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/17 create materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/17 grant SELECT on public.m to sw_case_reader'
GRANT SELECT ON TABLE public.m TO sw_case_reader;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/17 grant SELECT on public.m to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 13/17 drop function public.f(integer)
-- 14/17 create function public.f(integer)
-- 15/17 set the owner of public.f(integer) to "sw_case_Wri.ter"
-- 16/17 revoke EXECUTE on public.f(integer) from PUBLIC
-- 17/17 grant EXECUTE on public.f(integer) to sw_case_reader
SELECT $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ select a $function$
'))$$ AS end_13,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_14,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and proowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter'))$$ AS end_15,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and not (array['EXECUTE']::text[] && array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = 0)))$$ AS end_16,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and array['EXECUTE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_17 \gset
SELECT NOT ((:end_13) AND (:end_14) AND (:end_15) AND (:end_16) AND (:end_17)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/17 drop function public.f(integer)'
DROP FUNCTION public.f(integer);
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/17 drop function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/17 create function public.f(integer)'
CREATE OR REPLACE FUNCTION public.f(a integer)
 RETURNS bigint
 LANGUAGE sql
AS $function$ select a::bigint $function$
;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/17 create function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/17 set the owner of public.f(integer) to "sw_case_Wri.ter"'
ALTER ROUTINE public.f(integer) OWNER TO "sw_case_Wri.ter";
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/17 set the owner of public.f(integer) to "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
\echo '16/17 revoke EXECUTE on public.f(integer) from PUBLIC'
REVOKE EXECUTE ON ROUTINE public.f(integer) FROM PUBLIC;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/17 revoke EXECUTE on public.f(integer) from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/17 grant EXECUTE on public.f(integer) to sw_case_reader'
GRANT EXECUTE ON ROUTINE public.f(integer) TO sw_case_reader;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/17 grant EXECUTE on public.f(integer) to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
