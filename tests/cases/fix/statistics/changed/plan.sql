-- 3 steps in 1 transaction; no session is stopped; hazards: none

-- 1/3 drop statistics public.stat
-- 2/3 create statistics public.stat
-- 3/3 set the target of statistics public.stat
SELECT $$(not (exists (select from pg_statistic_ext where stxnamespace = to_regnamespace('public') and stxname = 'stat' and true)) or (exists (select from pg_statistic_ext x where x.stxnamespace = to_regnamespace('public') and x.stxname = 'stat' and (pg_get_statisticsobjdef(x.oid)) <> 'CREATE STATISTICS public.stat ON a, b FROM public.t')))$$ AS end_1,
       $$exists (select from pg_statistic_ext x where x.stxnamespace = to_regnamespace('public') and x.stxname = 'stat' and (pg_get_statisticsobjdef(x.oid)) <> 'CREATE STATISTICS public.stat ON a, b FROM public.t')$$ AS end_2,
       $$exists (select from pg_statistic_ext x where x.stxnamespace = to_regnamespace('public') and x.stxname = 'stat' and coalesce(x.stxstattarget, -1) = 400)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop statistics public.stat'
DROP STATISTICS public.stat;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop statistics public.stat: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 create statistics public.stat'
CREATE STATISTICS public.stat (ndistinct) ON id, b FROM public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create statistics public.stat: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/3 set the target of statistics public.stat'
ALTER STATISTICS public.stat SET STATISTICS 400;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the target of statistics public.stat: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
