-- 5 steps in 3 transactions; no session is stopped; hazards: none

-- 1/5 revoke INSERT on public.t from OWNER
-- 2/5 revoke the grant option for SELECT on public.t from OWNER
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and not (array['INSERT']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = relowner)))$$ AS end_1,
       $$exists (select from pg_class where oid = to_regclass('public.t') and not (array['SELECT']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = relowner and e.is_grantable)))$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 revoke INSERT on public.t from OWNER'
REVOKE INSERT ON TABLE public.t FROM postgres;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 revoke INSERT on public.t from OWNER: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 revoke the grant option for SELECT on public.t from OWNER'
REVOKE GRANT OPTION FOR SELECT ON TABLE public.t FROM postgres;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 revoke the grant option for SELECT on public.t from OWNER: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/5 grant DELETE, TRUNCATE on public.u to OWNER
-- 4/5 grant SELECT on public.u to OWNER with grant option
SELECT $$exists (select from pg_class where oid = to_regclass('public.u') and array['DELETE', 'TRUNCATE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = relowner))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.u') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = relowner and e.is_grantable))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 grant DELETE, TRUNCATE on public.u to OWNER'
GRANT DELETE, TRUNCATE ON TABLE public.u TO postgres;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 grant DELETE, TRUNCATE on public.u to OWNER: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 grant SELECT on public.u to OWNER with grant option'
GRANT SELECT ON TABLE public.u TO postgres WITH GRANT OPTION;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 grant SELECT on public.u to OWNER with grant option: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/5 revoke EXECUTE on public.f() from OWNER
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = '' and not (array['EXECUTE']::text[] && array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = proowner)))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/5 revoke EXECUTE on public.f() from OWNER'
REVOKE EXECUTE ON ROUTINE public.f() FROM postgres;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/5 revoke EXECUTE on public.f() from OWNER: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
