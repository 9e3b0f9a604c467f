-- 6 steps in 1 transaction; no session is stopped; hazards: none

-- 1/6 revoke the grant option for REFERENCES on public.t from "sw_case_Wri.ter"
-- 2/6 grant INSERT on public.t to "sw_case_Wri.ter" with grant option
-- 3/6 revoke SELECT on public.t from sw_case_reader
-- 4/6 grant SELECT on public.t.a to sw_case_reader
-- 5/6 revoke UPDATE on public.t.b from sw_case_reader
-- 6/6 grant SELECT on public.t.b to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and not (array['REFERENCES']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter') and e.is_grantable)))$$ AS end_1,
       $$exists (select from pg_class where oid = to_regclass('public.t') and array['INSERT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter') and e.is_grantable))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.t') and not (array['SELECT']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader'))))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and not (array['UPDATE']::text[] && array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader'))))$$ AS end_5,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_6 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/6 revoke the grant option for REFERENCES on public.t from "sw_case_Wri.ter"'
REVOKE GRANT OPTION FOR REFERENCES ON TABLE public.t FROM "sw_case_Wri.ter";
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 revoke the grant option for REFERENCES on public.t from "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/6 grant INSERT on public.t to "sw_case_Wri.ter" with grant option'
GRANT INSERT ON TABLE public.t TO "sw_case_Wri.ter" WITH GRANT OPTION;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 grant INSERT on public.t to "sw_case_Wri.ter" with grant option: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/6 revoke SELECT on public.t from sw_case_reader'
REVOKE SELECT ON TABLE public.t FROM sw_case_reader;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 revoke SELECT on public.t from sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/6 grant SELECT on public.t.a to sw_case_reader'
GRANT SELECT (a) ON TABLE public.t TO sw_case_reader;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 grant SELECT on public.t.a to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/6 revoke UPDATE on public.t.b from sw_case_reader'
REVOKE UPDATE (b) ON TABLE public.t FROM sw_case_reader;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 revoke UPDATE on public.t.b from sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/6 grant SELECT on public.t.b to sw_case_reader'
GRANT SELECT (b) ON TABLE public.t TO sw_case_reader;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/6 grant SELECT on public.t.b to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
