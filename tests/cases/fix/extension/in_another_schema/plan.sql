-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 move extension pg_trgm to schema extensions
SELECT $$exists (select from pg_extension where extname = 'pg_trgm' and extnamespace = to_regnamespace('extensions'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 move extension pg_trgm to schema extensions'
ALTER EXTENSION pg_trgm SET SCHEMA extensions;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 move extension pg_trgm to schema extensions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
