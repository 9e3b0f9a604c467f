-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.t.t_during_excl: constraint public.t.t_during_excl (200 rows, 48 kB)

-- 1/1 drop constraint public.t.t_during_excl
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_during_excl' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 drop constraint public.t.t_during_excl'
ALTER TABLE public.t DROP CONSTRAINT t_during_excl;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop constraint public.t.t_during_excl: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
