-- 6 steps in 4 transactions; no session is stopped; hazards: none

-- 1/6 revoke the grant option for USAGE on s from sw_case_reader
SELECT $$exists (select from pg_namespace where nspname = 's' and not (array['USAGE']::text[] && array(select e.privilege_type from aclexplode(coalesce(nspacl, acldefault('n', nspowner))) e where e.grantor = nspowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader') and e.is_grantable)))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/6 revoke the grant option for USAGE on s from sw_case_reader'
REVOKE GRANT OPTION FOR USAGE ON SCHEMA s FROM sw_case_reader;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 revoke the grant option for USAGE on s from sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/6 grant USAGE on public.q to PUBLIC
SELECT $$exists (select from pg_class where oid = to_regclass('public.q') and array['USAGE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('s', relowner))) e where e.grantor = relowner and e.grantee = 0))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/6 grant USAGE on public.q to PUBLIC'
GRANT USAGE ON SEQUENCE public.q TO PUBLIC;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 grant USAGE on public.q to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/6 revoke DELETE on public.t from "sw_case_Wri.ter"
-- 4/6 grant SELECT on public.t to sw_case_reader with grant option
-- 5/6 grant UPDATE on public.t.a to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and not (array['DELETE']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter'))))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.t') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader') and e.is_grantable))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and array['UPDATE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_5 \gset
SELECT NOT ((:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/6 revoke DELETE on public.t from "sw_case_Wri.ter"'
REVOKE DELETE ON TABLE public.t FROM "sw_case_Wri.ter";
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 revoke DELETE on public.t from "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/6 grant SELECT on public.t to sw_case_reader with grant option'
GRANT SELECT ON TABLE public.t TO sw_case_reader WITH GRANT OPTION;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 grant SELECT on public.t to sw_case_reader with grant option: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/6 grant UPDATE on public.t.a to sw_case_reader'
GRANT UPDATE (a) ON TABLE public.t TO sw_case_reader;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 grant UPDATE on public.t.a to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/6 revoke EXECUTE on public.f() from PUBLIC
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = '' and not (array['EXECUTE']::text[] && array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = 0)))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/6 revoke EXECUTE on public.f() from PUBLIC'
REVOKE EXECUTE ON ROUTINE public.f() FROM PUBLIC;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/6 revoke EXECUTE on public.f() from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
