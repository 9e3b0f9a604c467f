-- 26 steps in 17 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- table_rewrite: alter public.orders: id bigint, total numeric(12,2): table public.orders is rewritten while readers and writers are stopped (200 rows, 48 kB)
-- data_loss: drop index public.orders.orders_old_idx: index public.orders.orders_old_idx (200 rows, 48 kB)
-- data_loss: drop column public.orders.customer_name: column public.orders.customer_name and its values (200 rows, 48 kB)
-- data_loss: drop column public.orders.old_state: column public.orders.old_state and its values (200 rows, 48 kB)

-- 1/26 create table public.customers
-- 2/26 create constraint public.customers.customers_name_key
-- 3/26 create constraint public.customers.customers_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.customers') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.customers') and conname = 'customers_name_key' and true)$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.customers') and conname = 'customers_pkey' and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/26 create table public.customers'
CREATE TABLE public.customers (id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.customers_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE), name text NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/26 create table public.customers: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/26 create constraint public.customers.customers_name_key'
ALTER TABLE public.customers ADD CONSTRAINT customers_name_key UNIQUE (name);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/26 create constraint public.customers.customers_name_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/26 create constraint public.customers.customers_pkey'
ALTER TABLE public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/26 create constraint public.customers.customers_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/26 add column public.orders.customer_id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'customer_id' and not attisdropped and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/26 add column public.orders.customer_id'
ALTER TABLE public.orders ADD COLUMN customer_id bigint;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/26 add column public.orders.customer_id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/26 add column public.orders.state
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'state' and not attisdropped and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/26 add column public.orders.state'
ALTER TABLE public.orders ADD COLUMN state text NOT NULL DEFAULT 'new'::text;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/26 add column public.orders.state: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/26 drop view public.order_report
-- 7/26 alter public.orders: id bigint, total numeric(12,2)
-- 8/26 create view public.order_report
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.order_report') and relkind in ('v'))) or (exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric(12,2)' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_6,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric(12,2)' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_7,
       $$exists (select from pg_class where oid = to_regclass('public.order_report') and relkind in ('v'))$$ AS end_8 \gset
SELECT NOT ((:end_6) AND (:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.orders IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/26 drop view public.order_report'
DROP VIEW public.order_report;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/26 drop view public.order_report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/26 alter public.orders: id bigint, total numeric(12,2)'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO 'BEGIN IF (select count(*) from public.orders where id is not null and ((id::bigint)::bigint::integer)::text is distinct from (id)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.orders.id are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.orders where total is not null and ((total::numeric)::numeric(12,2)::integer)::text is distinct from (total)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.orders.total are not the same after the conversion to numeric(12,2) and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.orders ALTER COLUMN id DROP DEFAULT, ALTER COLUMN id TYPE bigint USING id::bigint, ALTER COLUMN total TYPE numeric(12,2) USING total::numeric;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/26 alter public.orders: id bigint, total numeric(12,2): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/26 create view public.order_report'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.order_report (name, total) AS  SELECT customers.name,
    sum(orders.total) AS total
   FROM (public.orders
     JOIN public.customers ON ((customers.id = orders.customer_id)))
  GROUP BY customers.name;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/26 create view public.order_report: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/26 add a check that public.orders.total is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname = 'schemawarden_not_null_cf5a9920' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and attnotnull))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '9/26 add a check that public.orders.total is not NULL'
ALTER TABLE public.orders ADD CONSTRAINT schemawarden_not_null_cf5a9920 CHECK (total IS NOT NULL) NOT VALID;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/26 add a check that public.orders.total is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/26 validate that public.orders.total is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname = 'schemawarden_not_null_cf5a9920' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and attnotnull))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '10/26 validate that public.orders.total is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.orders VALIDATE CONSTRAINT schemawarden_not_null_cf5a9920$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname = 'schemawarden_not_null_cf5a9920' and not convalidated) THEN EXECUTE $$ALTER TABLE public.orders DROP CONSTRAINT schemawarden_not_null_cf5a9920$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.orders DROP CONSTRAINT schemawarden_not_null_cf5a9920', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.orders DROP CONSTRAINT schemawarden_not_null_cf5a9920', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '10/26 validate that public.orders.total is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/26 validate that public.orders.total is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/26 set public.orders.total NOT NULL
-- 12/26 drop the check that public.orders.total is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'total' and not attisdropped and attnotnull)$$ AS end_11,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname = 'schemawarden_not_null_cf5a9920' and true))$$ AS end_12 \gset
SELECT NOT ((:end_11) AND (:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/26 set public.orders.total NOT NULL'
ALTER TABLE public.orders ALTER COLUMN total SET NOT NULL;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/26 set public.orders.total NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/26 drop the check that public.orders.total is not NULL'
ALTER TABLE public.orders DROP CONSTRAINT schemawarden_not_null_cf5a9920;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/26 drop the check that public.orders.total is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 13/26 drop the default of public.orders.id
-- 14/26 rename sequence public.orders_id_seq to schemawarden_seq_87984e82
-- 15/26 make public.orders.id an identity column
-- 16/26 set sequence of public.orders.id to its last value
-- 17/26 drop sequence public.schemawarden_seq_87984e82
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'id' and not attisdropped and (not atthasdef or attidentity <> ''))$$ AS end_13,
       $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_87984e82') and relkind in ('S')) or exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'id' and not attisdropped and attidentity <> ''))$$ AS end_14,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'id' and not attisdropped and attidentity <> '')$$ AS end_15,
       $$(pg_sequence_last_value(to_regclass('public.schemawarden_seq_87984e82')) is null or coalesce(pg_sequence_last_value(to_regclass('public.schemawarden_seq_87984e82')) <= pg_sequence_last_value(to_regclass('public.orders_id_seq')), false))$$ AS end_16,
       $$not (exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_87984e82') and relkind in ('S')))$$ AS end_17 \gset
SELECT NOT ((:end_13) AND (:end_14) AND (:end_15) AND (:end_16) AND (:end_17)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/26 drop the default of public.orders.id'
ALTER TABLE public.orders ALTER COLUMN id DROP DEFAULT;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/26 drop the default of public.orders.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/26 rename sequence public.orders_id_seq to schemawarden_seq_87984e82'
ALTER SEQUENCE public.orders_id_seq RENAME TO schemawarden_seq_87984e82;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/26 rename sequence public.orders_id_seq to schemawarden_seq_87984e82: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/26 make public.orders.id an identity column'
ALTER TABLE public.orders ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME public.orders_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE);
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/26 make public.orders.id an identity column: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
\echo '16/26 set sequence of public.orders.id to its last value'
SELECT setval('public.orders_id_seq'::regclass, pg_sequence_last_value(to_regclass('public.schemawarden_seq_87984e82')));
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/26 set sequence of public.orders.id to its last value: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/26 drop sequence public.schemawarden_seq_87984e82'
DROP SEQUENCE public.schemawarden_seq_87984e82;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/26 drop sequence public.schemawarden_seq_87984e82: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 18/26 add check public.orders.orders_total_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname in ('orders_total_check') and true)$$ AS end_18 \gset
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '18/26 add check public.orders.orders_total_check'
ALTER TABLE public.orders ADD CONSTRAINT orders_total_check CHECK ((total >= (0)::numeric)) NOT VALID;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/26 add check public.orders.orders_total_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 19/26 validate public.orders.orders_total_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname in ('orders_total_check') and convalidated and true)$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '19/26 validate public.orders.orders_total_check'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname = 'orders_total_check' and not convalidated) THEN EXECUTE $$ALTER TABLE public.orders DROP CONSTRAINT orders_total_check$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.orders DROP CONSTRAINT orders_total_check', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.orders DROP CONSTRAINT orders_total_check', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '19/26 validate public.orders.orders_total_check: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/26 validate public.orders.orders_total_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 20/26 build index public.orders_customer_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.orders_customer_idx') and indrelid = to_regclass('public.orders') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.orders_customer_idx') and indrelid = to_regclass('public.orders') and indisvalid))$$ AS end_20 \gset
SELECT NOT ((:end_20)) AS todo \gset
\if :todo
\echo '20/26 build index public.orders_customer_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY orders_customer_idx ON public.orders USING btree (customer_id);
SELECT (:end_20) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '20/26 build index public.orders_customer_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 21/26 add foreign key public.orders.orders_customer_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname in ('orders_customer_id_fkey') and contype = 'f' and confrelid = to_regclass('public.customers') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['customer_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_21 \gset
SELECT NOT ((:end_21)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.customers IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.orders IN SHARE ROW EXCLUSIVE MODE;
\echo '21/26 add foreign key public.orders.orders_customer_id_fkey'
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE RESTRICT NOT VALID;
SELECT (:end_21) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '21/26 add foreign key public.orders.orders_customer_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 22/26 validate public.orders.orders_customer_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname in ('orders_customer_id_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.customers') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['customer_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_22 \gset
SELECT NOT ((:end_22)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '22/26 validate public.orders.orders_customer_id_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.orders VALIDATE CONSTRAINT orders_customer_id_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.orders') and conname = 'orders_customer_id_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.orders DROP CONSTRAINT orders_customer_id_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.orders DROP CONSTRAINT orders_customer_id_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.orders DROP CONSTRAINT orders_customer_id_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '22/26 validate public.orders.orders_customer_id_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_22) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '22/26 validate public.orders.orders_customer_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 23/26 drop index public.orders.orders_old_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.orders_old_idx') and indrelid = to_regclass('public.orders') and true))$$ AS end_23 \gset
SELECT NOT ((:end_23)) AS todo \gset
\if :todo
\echo '23/26 drop index public.orders.orders_old_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.orders_old_idx;
SELECT (:end_23) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '23/26 drop index public.orders.orders_old_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 24/26 drop column public.orders.customer_name
SELECT $$not (exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'customer_name' and not attisdropped and true))$$ AS end_24 \gset
SELECT NOT ((:end_24)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '24/26 drop column public.orders.customer_name'
ALTER TABLE public.orders DROP COLUMN customer_name;
SELECT (:end_24) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '24/26 drop column public.orders.customer_name: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 25/26 drop column public.orders.old_state
SELECT $$not (exists (select from pg_attribute where attrelid = to_regclass('public.orders') and attname = 'old_state' and not attisdropped and true))$$ AS end_25 \gset
SELECT NOT ((:end_25)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '25/26 drop column public.orders.old_state'
ALTER TABLE public.orders DROP COLUMN old_state;
SELECT (:end_25) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '25/26 drop column public.orders.old_state: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 26/26 analyze public.orders
\if :changed
\echo '26/26 analyze public.orders'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.orders;
\endif
