-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop sequence public.s: sequence public.s and its last value

-- 1/2 set the default of public.t.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and not atthasdef)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 set the default of public.t.id'
ALTER TABLE public.t ALTER COLUMN id DROP DEFAULT;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 set the default of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 drop sequence public.s
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.s') and relkind in ('S')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 drop sequence public.s'
DROP SEQUENCE public.s;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 drop sequence public.s: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
