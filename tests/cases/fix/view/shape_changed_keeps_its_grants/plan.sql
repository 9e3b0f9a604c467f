-- 4 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 drop view public.v
-- 2/4 create view public.v
-- 3/4 grant SELECT on public.v to sw_case_reader
-- 4/4 grant UPDATE on public.v.b to sw_case_reader
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_1,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.v') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.v') and attname = 'b' and not attisdropped and array['UPDATE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(attacl, acldefault('c', (select c.relowner from pg_class c where c.oid = attrelid)))) e where e.grantor = (select c.relowner from pg_class c where c.oid = attrelid) and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 create view public.v'
CREATE VIEW public.v (b, id) AS  SELECT t.b,
    t.id
   FROM public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 grant SELECT on public.v to sw_case_reader'
GRANT SELECT ON TABLE public.v TO sw_case_reader;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 grant SELECT on public.v to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/4 grant UPDATE on public.v.b to sw_case_reader'
GRANT UPDATE (b) ON TABLE public.v TO sw_case_reader;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 grant UPDATE on public.v.b to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
