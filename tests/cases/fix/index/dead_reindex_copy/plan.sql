-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 drop index public.t.t_a_idx_ccnew
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx_ccnew') and indrelid = to_regclass('public.t') and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 drop index public.t.t_a_idx_ccnew'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_a_idx_ccnew;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 drop index public.t.t_a_idx_ccnew: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/2 analyze public.t
\if :changed
\echo '2/2 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
