-- 2 steps in 2 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: attach partition public.t_new to public.t: table public.t_new is scanned while writers are stopped (100 rows, 8192 bytes)

-- 1/2 attach partition public.t_new to public.t
SELECT $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_new') and inhparent = to_regclass('public.t'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '1/2 attach partition public.t_new to public.t'
ALTER TABLE public.t ATTACH PARTITION public.t_new FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 attach partition public.t_new to public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.t_new
\if :changed
\echo '2/2 analyze public.t_new'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_new;
\endif
