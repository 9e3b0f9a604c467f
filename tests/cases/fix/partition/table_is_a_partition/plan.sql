-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 detach partition public.t_old from public.t
SELECT $$not (exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_old') and inhparent = to_regclass('public.t') and pg_get_expr(relpartbound, oid) = 'FOR VALUES FROM (''2025-01-01'') TO (''2026-01-01'')'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 detach partition public.t_old from public.t'
ALTER TABLE public.t DETACH PARTITION public.t_old;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 detach partition public.t_old from public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
