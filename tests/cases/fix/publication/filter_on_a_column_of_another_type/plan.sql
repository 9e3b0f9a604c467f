-- 4 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- table_rewrite: alter public.orders: total double precision: table public.orders is rewritten while readers and writers are stopped (50 rows, 16 kB)
-- data_loss: alter public.orders: total double precision: values of public.orders.total are not the same after the conversion to double precision and back (25 rows)

-- 1/4 drop publication feed
-- 2/4 alter public.orders: total double precision
-- 3/4 create publication feed
SELECT $$(not (exists (select from pg_publication where pubname = 'feed' and true)) or exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and format_type(atttypid, atttypmod) = 'double precision' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and format_type(atttypid, atttypmod) = 'double precision' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2,
       $$exists (select from pg_publication where pubname = 'feed' and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.orders IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop publication feed'
DROP PUBLICATION feed;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 alter public.orders: total double precision'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.orders ALTER COLUMN total TYPE double precision USING total::double precision;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 alter public.orders: total double precision: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 create publication feed'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE PUBLICATION feed FOR TABLE ONLY public.orders WHERE ((total > (10)::double precision)) WITH (publish = 'insert, update, delete, truncate');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.orders
\if :changed
\echo '4/4 analyze public.orders'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.orders;
\endif
