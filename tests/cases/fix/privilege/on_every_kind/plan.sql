-- 15 steps in 12 transactions; no session is stopped; hazards: none

-- 1/15 revoke USAGE, CREATE on public from PUBLIC
SELECT $$exists (select from pg_namespace where nspname = 'public' and not (array['USAGE', 'CREATE']::text[] && array(select e.privilege_type from aclexplode(coalesce(nspacl, acldefault('n', nspowner))) e where e.grantor = nspowner and e.grantee = 0)))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/15 revoke USAGE, CREATE on public from PUBLIC'
REVOKE USAGE, CREATE ON SCHEMA public FROM PUBLIC;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/15 revoke USAGE, CREATE on public from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/15 grant USAGE, CREATE on s to sw_case_reader
SELECT $$exists (select from pg_namespace where nspname = 's' and array['USAGE', 'CREATE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(nspacl, acldefault('n', nspowner))) e where e.grantor = nspowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/15 grant USAGE, CREATE on s to sw_case_reader'
GRANT USAGE, CREATE ON SCHEMA s TO sw_case_reader;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/15 grant USAGE, CREATE on s to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/15 grant USAGE on s.mood to PUBLIC
SELECT $$exists (select from pg_type where oid = to_regtype('s.mood') and array['USAGE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(typacl, acldefault('T', typowner))) e where e.grantor = typowner and e.grantee = 0))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/15 grant USAGE on s.mood to PUBLIC'
GRANT USAGE ON TYPE s.mood TO PUBLIC;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/15 grant USAGE on s.mood to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/15 revoke USAGE on s.even from PUBLIC
-- 5/15 grant USAGE on s.even to sw_case_reader
SELECT $$exists (select from pg_type where oid = to_regtype('s.even') and not (array['USAGE']::text[] && array(select e.privilege_type from aclexplode(coalesce(typacl, acldefault('T', typowner))) e where e.grantor = typowner and e.grantee = 0)))$$ AS end_4,
       $$exists (select from pg_type where oid = to_regtype('s.even') and array['USAGE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(typacl, acldefault('T', typowner))) e where e.grantor = typowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/15 revoke USAGE on s.even from PUBLIC'
REVOKE USAGE ON DOMAIN s.even FROM PUBLIC;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/15 revoke USAGE on s.even from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/15 grant USAGE on s.even to sw_case_reader'
GRANT USAGE ON DOMAIN s.even TO sw_case_reader;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/15 grant USAGE on s.even to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/15 revoke USAGE on s.q from PUBLIC
-- 7/15 grant SELECT, UPDATE on s.q to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('s.q') and not (array['USAGE']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('s', relowner))) e where e.grantor = relowner and e.grantee = 0)))$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('s.q') and array['SELECT', 'UPDATE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('s', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_7 \gset
SELECT NOT ((:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/15 revoke USAGE on s.q from PUBLIC'
REVOKE USAGE ON SEQUENCE s.q FROM PUBLIC;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/15 revoke USAGE on s.q from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/15 grant SELECT, UPDATE on s.q to sw_case_reader'
GRANT SELECT, UPDATE ON SEQUENCE s.q TO sw_case_reader;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/15 grant SELECT, UPDATE on s.q to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 8/15 revoke SELECT on s.part from sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('s.part') and not (array['SELECT']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader'))))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/15 revoke SELECT on s.part from sw_case_reader'
REVOKE SELECT ON TABLE s.part FROM sw_case_reader;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/15 revoke SELECT on s.part from sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/15 grant SELECT on s.parts to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('s.parts') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '9/15 grant SELECT on s.parts to sw_case_reader'
GRANT SELECT ON TABLE s.parts TO sw_case_reader;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/15 grant SELECT on s.parts to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/15 grant SELECT on s.v to PUBLIC
SELECT $$exists (select from pg_class where oid = to_regclass('s.v') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = 0))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '10/15 grant SELECT on s.v to PUBLIC'
GRANT SELECT ON TABLE s.v TO PUBLIC;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/15 grant SELECT on s.v to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/15 revoke SELECT on s.m from PUBLIC
SELECT $$exists (select from pg_class where oid = to_regclass('s.m') and not (array['SELECT']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = 0)))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '11/15 revoke SELECT on s.m from PUBLIC'
REVOKE SELECT ON TABLE s.m FROM PUBLIC;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/15 revoke SELECT on s.m from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/15 grant EXECUTE on s.p() to PUBLIC
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('s') and proname = 'p' and oidvectortypes(proargtypes) = '' and array['EXECUTE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = 0))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '12/15 grant EXECUTE on s.p() to PUBLIC'
GRANT EXECUTE ON ROUTINE s.p() TO PUBLIC;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/15 grant EXECUTE on s.p() to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 13/15 revoke EXECUTE on s.plus(integer, integer) from PUBLIC
-- 14/15 grant EXECUTE on s.plus(integer, integer) to sw_case_reader with grant option
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('s') and proname = 'plus' and oidvectortypes(proargtypes) = 'integer, integer' and not (array['EXECUTE']::text[] && array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = 0)))$$ AS end_13,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('s') and proname = 'plus' and oidvectortypes(proargtypes) = 'integer, integer' and array['EXECUTE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader') and e.is_grantable))$$ AS end_14 \gset
SELECT NOT ((:end_13) AND (:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/15 revoke EXECUTE on s.plus(integer, integer) from PUBLIC'
REVOKE EXECUTE ON ROUTINE s.plus(integer, integer) FROM PUBLIC;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/15 revoke EXECUTE on s.plus(integer, integer) from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/15 grant EXECUTE on s.plus(integer, integer) to sw_case_reader with grant option'
GRANT EXECUTE ON ROUTINE s.plus(integer, integer) TO sw_case_reader WITH GRANT OPTION;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/15 grant EXECUTE on s.plus(integer, integer) to sw_case_reader with grant option: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 15/15 revoke EXECUTE on s.summed(integer) from PUBLIC
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('s') and proname = 'summed' and oidvectortypes(proargtypes) = 'integer' and not (array['EXECUTE']::text[] && array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = 0)))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '15/15 revoke EXECUTE on s.summed(integer) from PUBLIC'
REVOKE EXECUTE ON ROUTINE s.summed(integer) FROM PUBLIC;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/15 revoke EXECUTE on s.summed(integer) from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
