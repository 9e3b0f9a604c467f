-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table public.receipts: table public.receipts and its rows (0 rows, 0 bytes)
-- data_loss: drop constraint public.memberships.z_memberships_place: constraint public.memberships.z_memberships_place (0 rows, 0 bytes)
-- data_loss: drop index public.events.a_events_place: index public.events.a_events_place (0 rows, 0 bytes)

-- 1/4 drop table public.receipts
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.receipts') and relkind in ('r', 'p')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 drop table public.receipts'
DROP TABLE public.receipts;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop table public.receipts: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 drop constraint public.memberships.z_memberships_place
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.memberships') and conname = 'z_memberships_place' and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.events IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.memberships IN ACCESS EXCLUSIVE MODE;
\echo '2/4 drop constraint public.memberships.z_memberships_place'
ALTER TABLE public.memberships DROP CONSTRAINT z_memberships_place;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 drop constraint public.memberships.z_memberships_place: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 drop index public.events.a_events_place
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.a_events_place') and indrelid = to_regclass('public.events') and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 drop index public.events.a_events_place'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.a_events_place;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 drop index public.events.a_events_place: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/4 analyze public.events
\if :changed
\echo '4/4 analyze public.events'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.events;
\endif
