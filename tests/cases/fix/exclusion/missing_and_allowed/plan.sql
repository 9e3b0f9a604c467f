-- 2 steps in 2 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: add exclusion public.t.t_room_during_excl: table public.t is scanned while writers are stopped (200 rows, 48 kB)

-- 1/2 add exclusion public.t.t_room_during_excl
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_room_during_excl' and contype = 'x')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '1/2 add exclusion public.t.t_room_during_excl'
ALTER TABLE public.t ADD CONSTRAINT t_room_during_excl EXCLUDE USING gist (room WITH =, during WITH &&);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 add exclusion public.t.t_room_during_excl: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.t
\if :changed
\echo '2/2 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
