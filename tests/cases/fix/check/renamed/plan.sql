-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 rename public.t."old name" to positive
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'positive' and contype = 'c' and pg_get_expr(conbin, conrelid) = '(a > 0)')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 rename public.t."old name" to positive'
ALTER TABLE public.t RENAME CONSTRAINT "old name" TO positive;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 rename public.t."old name" to positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
