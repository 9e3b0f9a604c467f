-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.c.c_p_fkey: constraint public.c.c_p_fkey (400 rows, 40 kB)

-- 1/1 drop constraint public.c.c_p_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_fkey' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
\echo '1/1 drop constraint public.c.c_p_fkey'
ALTER TABLE public.c DROP CONSTRAINT c_p_fkey;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop constraint public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
