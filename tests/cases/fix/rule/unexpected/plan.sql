-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop rule public.t.keep: rule public.t.keep (0 rows, 0 bytes)

-- 1/1 drop rule public.t.keep
SELECT $$not (exists (select from pg_rewrite where ev_class = to_regclass('public.t') and rulename = 'keep' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 drop rule public.t.keep'
DROP RULE keep ON public.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop rule public.t.keep: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
