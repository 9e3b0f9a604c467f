-- 7 steps in 3 transactions; no session is stopped; hazards: none

-- 1/7 create table public.u
-- 2/7 create constraint public.u.u_pkey
-- 3/7 grant SELECT, INSERT on public.u to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('public.u') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'u_pkey' and true)$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.u') and array['SELECT', 'INSERT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 create table public.u'
CREATE TABLE public.u (id integer NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 create table public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 create constraint public.u.u_pkey'
ALTER TABLE public.u ADD CONSTRAINT u_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 create constraint public.u.u_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 grant SELECT, INSERT on public.u to sw_case_reader'
GRANT SELECT, INSERT ON TABLE public.u TO sw_case_reader;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 grant SELECT, INSERT on public.u to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/7 create function public.f()
-- 5/7 revoke EXECUTE on public.f() from PUBLIC
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = '' and true)$$ AS end_4,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = '' and not (array['EXECUTE']::text[] && array(select e.privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner))) e where e.grantor = proowner and e.grantee = 0)))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 create function public.f()'
CREATE OR REPLACE FUNCTION public.f()
 RETURNS integer
 LANGUAGE sql
AS $function$ select 1 $function$
;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 create function public.f(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 revoke EXECUTE on public.f() from PUBLIC'
REVOKE EXECUTE ON ROUTINE public.f() FROM PUBLIC;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 revoke EXECUTE on public.f() from PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/7 create view public.v
-- 7/7 grant SELECT on public.v to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.v') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_7 \gset
SELECT NOT ((:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/7 create view public.v'
CREATE VIEW public.v (id) AS  SELECT u.id
   FROM public.u;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/7 grant SELECT on public.v to sw_case_reader'
GRANT SELECT ON TABLE public.v TO sw_case_reader;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/7 grant SELECT on public.v to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
