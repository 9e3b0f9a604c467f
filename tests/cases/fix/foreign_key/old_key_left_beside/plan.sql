-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 drop constraint public.c.old_key
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'old_key' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
\echo '1/1 drop constraint public.c.old_key'
ALTER TABLE public.c DROP CONSTRAINT old_key;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop constraint public.c.old_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
