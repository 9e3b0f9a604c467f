-- 8 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/8 drop view public.report_of_report
-- 2/8 drop view public.report
-- 3/8 alter public.t: a character varying(20)
-- 4/8 create view public.report
-- 5/8 create view public.report_of_report
-- 6/8 comment on public.report
-- 7/8 comment on public.report.a
-- 8/8 grant SELECT on public.report to sw_case_reader
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.report_of_report') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'character varying(20)' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.report') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'character varying(20)' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'character varying(20)' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.report') and relkind in ('v'))$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.report_of_report') and relkind in ('v'))$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.report') and obj_description(oid, 'pg_class') = 'made by the accountants')$$ AS end_6,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.report') and attname = 'a' and not attisdropped and col_description(attrelid, attnum) = 'in capitals')$$ AS end_7,
       $$exists (select from pg_class where oid = to_regclass('public.report') and array['SELECT']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('r', relowner))) e where e.grantor = relowner and e.grantee = (select r.oid from pg_roles r where r.rolname = 'sw_case_reader')))$$ AS end_8 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/8 drop view public.report_of_report'
DROP VIEW public.report_of_report;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 drop view public.report_of_report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/8 drop view public.report'
DROP VIEW public.report;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 drop view public.report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 alter public.t: a character varying(20)'
ALTER TABLE public.t ALTER COLUMN a TYPE character varying(20);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 alter public.t: a character varying(20): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/8 create view public.report'
CREATE VIEW public.report (id, a) AS  SELECT t.id,
    upper((t.a)::text) AS a
   FROM public.t;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 create view public.report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/8 create view public.report_of_report'
CREATE VIEW public.report_of_report (a) AS  SELECT report.a
   FROM public.report;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 create view public.report_of_report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 comment on public.report'
COMMENT ON VIEW public.report IS 'made by the accountants';
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 comment on public.report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/8 comment on public.report.a'
COMMENT ON COLUMN public.report.a IS 'in capitals';
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/8 comment on public.report.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/8 grant SELECT on public.report to sw_case_reader'
GRANT SELECT ON TABLE public.report TO sw_case_reader;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/8 grant SELECT on public.report to sw_case_reader: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
