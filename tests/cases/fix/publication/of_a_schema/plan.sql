-- 4 steps in 3 transactions; no session is stopped; hazards: none

-- 1/4 create schema depot
SELECT $$exists (select from pg_namespace where nspname = 'depot' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 create schema depot'
CREATE SCHEMA depot;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create schema depot: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 create table depot.shelves
-- 3/4 create constraint depot.shelves.shelves_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('depot.shelves') and relkind in ('r', 'p'))$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('depot.shelves') and conname = 'shelves_pkey' and true)$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 create table depot.shelves'
CREATE TABLE depot.shelves (id bigint NOT NULL);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 create table depot.shelves: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 create constraint depot.shelves.shelves_pkey'
ALTER TABLE depot.shelves ADD CONSTRAINT shelves_pkey PRIMARY KEY (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create constraint depot.shelves.shelves_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 create publication feed
SELECT $$exists (select from pg_publication where pubname = 'feed' and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 create publication feed'
CREATE PUBLICATION feed FOR TABLES IN SCHEMA depot, shop WITH (publish = 'insert, update, delete, truncate');
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 create publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
