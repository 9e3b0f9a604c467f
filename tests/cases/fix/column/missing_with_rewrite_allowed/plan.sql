-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: add column public.t.token: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/2 add column public.t.token
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'token' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '1/2 add column public.t.token'
ALTER TABLE public.t ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 add column public.t.token: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
