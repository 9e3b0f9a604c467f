-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: make table public.t logged: table public.t is rewritten while readers and writers are stopped (100 rows, 24 kB)

-- 1/2 make table public.t logged
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and relpersistence = 'p')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '1/2 make table public.t logged'
ALTER TABLE public.t SET LOGGED;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 make table public.t logged: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
