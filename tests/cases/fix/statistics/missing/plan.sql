-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 create statistics public.t_a_b
SELECT $$exists (select from pg_statistic_ext where stxnamespace = to_regnamespace('public') and stxname = 't_a_b' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create statistics public.t_a_b'
CREATE STATISTICS public.t_a_b (dependencies, mcv) ON a, b FROM public.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create statistics public.t_a_b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 create statistics public.t_sum
SELECT $$exists (select from pg_statistic_ext where stxnamespace = to_regnamespace('public') and stxname = 't_sum' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 create statistics public.t_sum'
CREATE STATISTICS public.t_sum ON (a + b) FROM public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create statistics public.t_sum: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
