-- 3 steps in 3 transactions; no session is stopped; hazards: data_loss
-- data_loss: drop index public.t.t_a_idx: index public.t.t_a_idx (300 rows, 48 kB)
-- data_loss: drop index public.t.t_u_idx: index public.t.t_u_idx (300 rows, 48 kB)

-- 1/3 drop index public.t.t_a_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop index public.t.t_a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_a_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop index public.t.t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/3 drop index public.t.t_u_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_u_idx') and indrelid = to_regclass('public.t') and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 drop index public.t.t_u_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_u_idx;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 drop index public.t.t_u_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
