-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 drop identity from public.t.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity = '')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 drop identity from public.t.id'
ALTER TABLE public.t ALTER COLUMN id DROP IDENTITY;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 drop identity from public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 drop NOT NULL from public.t.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and not attnotnull)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 drop NOT NULL from public.t.id'
ALTER TABLE public.t ALTER COLUMN id DROP NOT NULL;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 drop NOT NULL from public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
