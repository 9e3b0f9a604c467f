-- 9 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 create table "S c.hema"""."n""ew"
-- 2/9 grant SELECT on "S c.hema"""."n""ew" to "sw_case_we""ird.röle\n$$" with grant option
SELECT $$exists (select from pg_class where oid = to_regclass('"S c.hema"""."n""ew"') and relkind in ('r', 'p'))$$ AS end_1,
       $sql$exists (select from pg_class where oid = to_regclass('"S c.hema"""."n""ew"') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_we"ird.röle
$$') and e.is_grantable))$sql$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/9 create table "S c.hema"""."n""ew"'
CREATE TABLE "S c.hema"""."n""ew" (id integer);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 create table "S c.hema"""."n""ew": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 grant SELECT on "S c.hema"""."n""ew" to "sw_case_we""ird.röle\\n$$" with grant option'
GRANT SELECT ON TABLE "S c.hema"""."n""ew" TO "sw_case_we""ird.röle
$$" WITH GRANT OPTION;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = E'2/9 grant SELECT on "S c.hema"""."n""ew" to "sw_case_we""ird.röle\\n$$" with grant option: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/9 drop view "S c.hema"""."v;w"
-- 4/9 create view "S c.hema"""."v;w"
-- 5/9 set the owner of "S c.hema"""."v;w" to "sw_case_we""ird.röle\n$$"
-- 6/9 grant SELECT on "S c.hema"""."v;w" to sw_case_reader
SELECT $$(not (exists (select from pg_class where oid = to_regclass('"S c.hema"""."v;w"') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('"S c.hema"""."v;w"') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT "t''a ble".id
   FROM "S c.hema"""."t''a ble"'))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('"S c.hema"""."v;w"') and relkind in ('v'))$$ AS end_4,
       $sql$exists (select from pg_class where oid = to_regclass('"S c.hema"""."v;w"') and relowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_we"ird.röle
$$'))$sql$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('"S c.hema"""."v;w"') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_6 \gset
SELECT NOT ((:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 drop view "S c.hema"""."v;w"'
DROP VIEW "S c.hema"""."v;w";
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 drop view "S c.hema"""."v;w": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 create view "S c.hema"""."v;w"'
CREATE VIEW "S c.hema"""."v;w" (id) AS  SELECT ("t'a ble".id)::text AS id
   FROM "S c.hema"""."t'a ble";
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 create view "S c.hema"""."v;w": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 set the owner of "S c.hema"""."v;w" to "sw_case_we""ird.röle\\n$$"'
ALTER VIEW "S c.hema"""."v;w" OWNER TO "sw_case_we""ird.röle
$$";
SELECT (:end_5) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = E'5/9 set the owner of "S c.hema"""."v;w" to "sw_case_we""ird.röle\\n$$": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/9 grant SELECT on "S c.hema"""."v;w" to sw_case_reader'
GRANT SELECT ON TABLE "S c.hema"""."v;w" TO sw_case_reader;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 grant SELECT on "S c.hema"""."v;w" to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/9 revoke DELETE on "S c.hema"""."t'a ble" from "sw_case_we""ird.röle\n$$"
-- 8/9 grant INSERT on "S c.hema"""."t'a ble"."co""l" to "sw_case_we""ird.röle\n$$"
SELECT $sql$exists (select from pg_class where oid = to_regclass('"S c.hema"""."t''a ble"') and not (array['DELETE']::text[] && array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_we"ird.röle
$$'))))$sql$ AS end_7,
       $sql$exists (select from pg_attribute where attrelid = to_regclass('"S c.hema"""."t''a ble"') and attname = 'co"l' and not attisdropped and array['INSERT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_we"ird.röle
$$')))$sql$ AS end_8 \gset
SELECT NOT ((:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 revoke DELETE on "S c.hema"""."t''a ble" from "sw_case_we""ird.röle\\n$$"'
REVOKE DELETE ON TABLE "S c.hema"""."t'a ble" FROM "sw_case_we""ird.röle
$$";
SELECT (:end_7) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = E'7/9 revoke DELETE on "S c.hema"""."t''a ble" from "sw_case_we""ird.röle\\n$$": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/9 grant INSERT on "S c.hema"""."t''a ble"."co""l" to "sw_case_we""ird.röle\\n$$"'
GRANT INSERT ("co""l") ON TABLE "S c.hema"""."t'a ble" TO "sw_case_we""ird.röle
$$";
SELECT (:end_8) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = E'8/9 grant INSERT on "S c.hema"""."t''a ble"."co""l" to "sw_case_we""ird.röle\\n$$": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/9 grant EXECUTE on "S c.hema"""."f""n"(integer) to "sw_case_we""ird.röle\n$$"
SELECT $sql$exists (select from pg_proc where pronamespace = to_regnamespace('"S c.hema"""') and proname = 'f"n' and oidvectortypes(proargtypes) = 'integer' and array['EXECUTE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_we"ird.röle
$$')))$sql$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '9/9 grant EXECUTE on "S c.hema"""."f""n"(integer) to "sw_case_we""ird.röle\\n$$"'
GRANT EXECUTE ON ROUTINE "S c.hema"""."f""n"(integer) TO "sw_case_we""ird.röle
$$";
SELECT (:end_9) AS done \gset
\if :done
\else
DO $sql$BEGIN RAISE EXCEPTION USING MESSAGE = E'9/9 grant EXECUTE on "S c.hema"""."f""n"(integer) to "sw_case_we""ird.röle\\n$$": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$sql$;
\endif
COMMIT;
\set changed on
\endif
