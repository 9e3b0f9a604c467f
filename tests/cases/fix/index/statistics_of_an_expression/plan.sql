-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 set the statistics target of public.t_lower_idx
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t_lower_idx') and attnum = '1' and attstattarget = '500')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 set the statistics target of public.t_lower_idx'
ALTER INDEX public.t_lower_idx ALTER COLUMN 1 SET STATISTICS 500;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 set the statistics target of public.t_lower_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
