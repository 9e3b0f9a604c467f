-- 3 steps in 3 transactions; nobody is stopped for longer than about 300 ms; hazards: none

-- 1/3 add check public.addresses.country_known
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.addresses') and conname in ('country_known') and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add check public.addresses.country_known'
ALTER TABLE public.addresses ADD CONSTRAINT country_known CHECK (public.is_country(country)) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add check public.addresses.country_known: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 validate public.addresses.country_known
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.addresses') and conname in ('country_known') and convalidated and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/3 validate public.addresses.country_known'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ALTER TABLE public.addresses VALIDATE CONSTRAINT country_known;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 validate public.addresses.country_known: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.addresses
\if :changed
\echo '3/3 analyze public.addresses'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.addresses;
\endif
