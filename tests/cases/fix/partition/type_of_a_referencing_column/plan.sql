-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.payments: customer_id bigint: table public.payments is rewritten while readers and writers are stopped (1 row, 8192 bytes)

-- 1/2 alter public.payments: customer_id bigint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.payments') and attname = 'customer_id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.payments IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.payments: customer_id bigint'
DO 'BEGIN IF (select count(*) from public.payments where customer_id is not null and ((customer_id::bigint)::bigint::smallint)::text is distinct from (customer_id)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.payments.customer_id are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.payments ALTER COLUMN customer_id TYPE bigint USING customer_id::bigint;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.payments: customer_id bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.payments
\if :changed
\echo '2/2 analyze public.payments'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.payments;
\endif
