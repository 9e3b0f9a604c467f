-- 5 steps in 2 transactions; no session is stopped; hazards: none

-- 1/5 create table public.u
-- 2/5 create constraint public.u.u_pkey
-- 3/5 grant SELECT, INSERT on public.u to sw_case_reader
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
\echo '1/5 create table public.u'
CREATE TABLE public.u (id integer NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 create table public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 create constraint public.u.u_pkey'
ALTER TABLE public.u ADD CONSTRAINT u_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 create constraint public.u.u_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 grant SELECT, INSERT on public.u to sw_case_reader'
GRANT SELECT, INSERT ON TABLE public.u TO sw_case_reader;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 grant SELECT, INSERT on public.u to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/5 create view public.v
-- 5/5 grant SELECT on public.v to sw_case_reader
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.v') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 create view public.v'
CREATE VIEW public.v (id) AS  SELECT u.id
   FROM public.u;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/5 grant SELECT on public.v to sw_case_reader'
GRANT SELECT ON TABLE public.v TO sw_case_reader;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/5 grant SELECT on public.v to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
