-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop policy public.t.own: policy public.t.own (0 rows, 0 bytes)

-- 1/2 disable row security of public.t
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and not relrowsecurity)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 disable row security of public.t'
ALTER TABLE public.t DISABLE ROW LEVEL SECURITY;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 disable row security of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 drop policy public.t.own
SELECT $$not (exists (select from pg_policy where polrelid = to_regclass('public.t') and polname = 'own' and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 drop policy public.t.own'
DROP POLICY own ON public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 drop policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
