-- 3 steps in 3 transactions; no session is stopped; hazards: none

-- 1/3 drop index public.t.t_a_idx_ccnew
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx_ccnew') and indrelid = to_regclass('public.t') and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop index public.t.t_a_idx_ccnew'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_a_idx_ccnew;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop index public.t.t_a_idx_ccnew: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/3 drop index public.t.t_u_ccold1
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_u_ccold1') and indrelid = to_regclass('public.t') and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 drop index public.t.t_u_ccold1'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_u_ccold1;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 drop index public.t.t_u_ccold1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
