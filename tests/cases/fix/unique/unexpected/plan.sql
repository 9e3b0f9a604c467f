-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.t.t_a_key: constraint public.t.t_a_key (300 rows, 48 kB)

-- 1/1 drop constraint public.t.t_a_key
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_a_key' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/1 drop constraint public.t.t_a_key'
ALTER TABLE public.t DROP CONSTRAINT t_a_key;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop constraint public.t.t_a_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
