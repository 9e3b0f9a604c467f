-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop view public.w: view public.w (0 bytes)
-- data_loss: drop view public.v: view public.v (0 bytes)

-- 1/2 drop view public.w
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.w') and relkind in ('v')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 drop view public.w'
DROP VIEW public.w;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 drop view public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 drop view public.v
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 drop view public.v'
DROP VIEW public.v;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
