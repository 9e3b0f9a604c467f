-- 4 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 create table public.items
-- 2/4 create constraint public.items.items_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.items') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.items') and conname = 'items_pkey' and true)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 create table public.items'
CREATE TABLE public.items (id bigint NOT NULL, order_id bigint);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create table public.items: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 create constraint public.items.items_pkey'
ALTER TABLE public.items ADD CONSTRAINT items_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 create constraint public.items.items_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/4 add column public.orders.note
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'note' and not attisdropped and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 add column public.orders.note'
ALTER TABLE public.orders ADD COLUMN note text;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 add column public.orders.note: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
CREATE PUBLICATION feed FOR TABLE ONLY public.items, ONLY public.orders WITH (publish = 'insert, update, delete, truncate');
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 create publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
