-- 3 steps in 2 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: attach partition public.t_old to public.t: table public.t_old is scanned while writers are stopped (300 rows, 40 kB)

-- 1/3 detach partition public.t_old from public.t
-- 2/3 attach partition public.t_old to public.t
SELECT $$not (exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_old') and inhparent = to_regclass('public.t') and pg_get_expr(relpartbound, oid) = 'FOR VALUES FROM (''2025-01-01'') TO (''2026-01-01'')'))$$ AS end_1,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_old') and inhparent = to_regclass('public.t') and pg_get_expr(relpartbound, oid) <> 'FOR VALUES FROM (''2025-01-01'') TO (''2026-01-01'')')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 detach partition public.t_old from public.t'
ALTER TABLE public.t DETACH PARTITION public.t_old;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 detach partition public.t_old from public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 attach partition public.t_old to public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ATTACH PARTITION public.t_old FOR VALUES FROM ('2025-01-01') TO ('2027-01-01');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 attach partition public.t_old to public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.t_old
\if :changed
\echo '3/3 analyze public.t_old'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_old;
\endif
