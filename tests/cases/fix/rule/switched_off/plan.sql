-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 set the state of rule public.t.keep
SELECT $$exists (select from pg_rewrite w where w.ev_class = to_regclass('public.t') and w.rulename = 'keep' and w.ev_enabled = 'O')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 set the state of rule public.t.keep'
ALTER TABLE public.t ENABLE RULE keep;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 set the state of rule public.t.keep: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
