-- 5 steps in 5 transactions; no session is stopped; hazards: data_loss
-- data_loss: drop function public.z(public.hstore): function public.z(public.hstore)
-- data_loss: drop index public.t.t_a: index public.t.t_a (0 rows, 0 bytes)
-- data_loss: drop extension hstore: extension hstore and what it holds
-- data_loss: drop extension pg_trgm: extension pg_trgm and what it holds

-- 1/5 drop function public.z(public.hstore)
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'z' and oidvectortypes(proargtypes) = 'public.hstore' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/5 drop function public.z(public.hstore)'
DROP FUNCTION public.z(public.hstore);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop function public.z(public.hstore): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/5 drop index public.t.t_a
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_a') and indrelid = to_regclass('public.t') and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 drop index public.t.t_a'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_a;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 drop index public.t.t_a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/5 drop extension hstore
SELECT $$not (exists (select from pg_extension where extname = 'hstore' and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/5 drop extension hstore'
DROP EXTENSION hstore;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 drop extension hstore: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/5 drop extension pg_trgm
SELECT $$not (exists (select from pg_extension where extname = 'pg_trgm' and true))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/5 drop extension pg_trgm'
DROP EXTENSION pg_trgm;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 drop extension pg_trgm: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
