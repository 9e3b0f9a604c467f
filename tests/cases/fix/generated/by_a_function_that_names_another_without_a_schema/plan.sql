-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: add column public.courses.slug: table public.courses is rewritten while readers and writers are stopped (2 rows, 16 kB)

-- 1/2 add column public.courses.slug
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.courses') and attname = 'slug' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '1/2 add column public.courses.slug'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ALTER TABLE public.courses ADD COLUMN slug text GENERATED ALWAYS AS (public.slugify(name)) STORED;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 add column public.courses.slug: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.courses
\if :changed
\echo '2/2 analyze public.courses'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.courses;
\endif
