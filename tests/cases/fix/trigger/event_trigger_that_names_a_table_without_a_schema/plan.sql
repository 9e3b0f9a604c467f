-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 add column public.users.name
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'name' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add column public.users.name'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ALTER TABLE public.users ADD COLUMN name text;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add column public.users.name: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 build index public.users_email_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.users_email_idx') and indrelid = to_regclass('public.users') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.users_email_idx') and indrelid = to_regclass('public.users') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 build index public.users_email_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY users_email_idx ON public.users USING btree (email);
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 build index public.users_email_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/3 analyze public.users
\if :changed
\echo '3/3 analyze public.users'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.users;
\endif
