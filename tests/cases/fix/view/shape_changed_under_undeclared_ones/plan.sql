-- 7 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/7 drop view public.report
-- 2/7 drop view public.v
-- 3/7 create view public.v
-- 4/7 create view public.report
-- 5/7 set the default of public.report.b
-- 6/7 comment on public.report
-- 7/7 grant SELECT on public.report to sw_case_reader
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.report') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.report') and relkind in ('v'))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.report') and attname = 'b' and not attisdropped and atthasdef)$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.report') and obj_description(oid, 'pg_class') = 'not in the application''s schema')$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.report') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_7 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 drop view public.report'
DROP VIEW public.report;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 drop view public.report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 drop view public.v'
DROP VIEW public.v;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 create view public.v'
CREATE VIEW public.v (b, id) AS  SELECT t.b,
    t.id
   FROM public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 create view public.report'
CREATE VIEW public.report (b) AS  SELECT v.b
   FROM public.v;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 create view public.report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 set the default of public.report.b'
ALTER VIEW public.report ALTER COLUMN b SET DEFAULT 3;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 set the default of public.report.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/7 comment on public.report'
COMMENT ON VIEW public.report IS 'not in the application''s schema';
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 comment on public.report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/7 grant SELECT on public.report to sw_case_reader'
GRANT SELECT ON TABLE public.report TO sw_case_reader;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/7 grant SELECT on public.report to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
