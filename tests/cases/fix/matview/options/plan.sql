-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 set fillfactor of public.m
SELECT $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.m') and 'fillfactor=70' = any (t.reloptions))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 set fillfactor of public.m'
ALTER MATERIALIZED VIEW public.m SET (fillfactor = '70');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 set fillfactor of public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
