-- 6 steps in 1 transaction; nobody is stopped for longer than about 300 ms; hazards: none
-- warning: public.report is made again: what was granted on it has to be granted again
-- warning: public.v is made again: what was granted on it has to be granted again

-- 1/6 drop view public.report
-- 2/6 drop view public.v
-- 3/6 create view public.v
-- 4/6 create view public.report
-- 5/6 set the default of public.report.b
-- 6/6 comment on public.report
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.report') and relkind in ('v'))) or (exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t')))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or (exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t')))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.report') and relkind in ('v'))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.report') and attname = 'b' and not attisdropped and atthasdef)$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.report') and obj_description(oid, 'pg_class') = 'not in the application''s schema')$$ AS end_6 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/6 drop view public.report'
DROP VIEW public.report;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 drop view public.report: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/6 drop view public.v'
DROP VIEW public.v;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 drop view public.v: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/6 create view public.v'
CREATE VIEW public.v (b, id) AS  SELECT t.b,
    t.id
   FROM public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 create view public.v: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/6 create view public.report'
CREATE VIEW public.report (b) AS  SELECT v.b
   FROM public.v;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 create view public.report: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/6 set the default of public.report.b'
ALTER VIEW public.report ALTER COLUMN b SET DEFAULT 3;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 set the default of public.report.b: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/6 comment on public.report'
COMMENT ON VIEW public.report IS 'not in the application''s schema';
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/6 comment on public.report: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
