-- 5 steps in 5 transactions; writers are stopped while a table is read; hazards: blocking_scan
-- blocking_scan: set not null on domain public.d: table public.t is scanned while writers are stopped (300 rows, 48 kB)

-- 1/5 set the default of domain public.d
SELECT $$exists (select from pg_type where oid = to_regtype('public.d') and typdefault is not null and typdefault <> '1')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/5 set the default of domain public.d'
ALTER DOMAIN public.d SET DEFAULT 2;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 set the default of domain public.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/5 set not null on domain public.d
SELECT $$exists (select from pg_type where oid = to_regtype('public.d') and typnotnull)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/5 set not null on domain public.d'
ALTER DOMAIN public.d SET NOT NULL;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 set not null on domain public.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/5 set the default of domain public.e
SELECT $$exists (select from pg_type where oid = to_regtype('public.e') and typdefault is null)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/5 set the default of domain public.e'
ALTER DOMAIN public.e DROP DEFAULT;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 set the default of domain public.e: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/5 drop not null on domain public.e
SELECT $$exists (select from pg_type where oid = to_regtype('public.e') and not typnotnull)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/5 drop not null on domain public.e'
ALTER DOMAIN public.e DROP NOT NULL;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 drop not null on domain public.e: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.t
\if :changed
\echo '5/5 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
