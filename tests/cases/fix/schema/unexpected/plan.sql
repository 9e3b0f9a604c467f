-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table old.t: table old.t and its rows (0 rows, 0 bytes)
-- data_loss: drop enum old.mood: enum old.mood
-- data_loss: drop function old.f(): function old.f()
-- data_loss: drop schema old: schema old

-- 1/4 drop table old.t
SELECT $$not (exists (select from pg_class where oid = to_regclass('old.t') and relkind in ('r', 'p')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 drop table old.t'
DROP TABLE old.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop table old.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 drop enum old.mood
SELECT $$not (to_regtype('old.mood') is not null)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 drop enum old.mood'
DROP TYPE old.mood;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 drop enum old.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 drop function old.f()
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('old') and proname = 'f' and oidvectortypes(proargtypes) = '' and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 drop function old.f()'
DROP FUNCTION old.f();
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 drop function old.f(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 drop schema old
SELECT $$not (exists (select from pg_namespace where nspname = 'old' and true))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 drop schema old'
DROP SCHEMA old;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 drop schema old: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
