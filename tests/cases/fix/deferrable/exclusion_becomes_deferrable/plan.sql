-- 3 steps in 2 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: add exclusion public.t.t_during_excl: table public.t is scanned while writers are stopped (100 rows, 16 kB)

-- 1/3 drop the old constraint public.t.t_during_excl
-- 2/3 add exclusion public.t.t_during_excl
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_during_excl' and pg_get_constraintdef(oid) = 'EXCLUDE USING gist (during WITH &&)'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_during_excl' and contype = 'x')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop the old constraint public.t.t_during_excl'
ALTER TABLE public.t DROP CONSTRAINT t_during_excl;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop the old constraint public.t.t_during_excl: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 add exclusion public.t.t_during_excl'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ADD CONSTRAINT t_during_excl EXCLUDE USING gist (during WITH &&) DEFERRABLE;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 add exclusion public.t.t_during_excl: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
