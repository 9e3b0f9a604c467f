-- 1 step in 1 transaction; no session is stopped; hazards: not_reversible
-- not_reversible: update extension pg_trgm to 1.6: extension pg_trgm cannot go back to 1.5

-- 1/1 update extension pg_trgm to 1.6
SELECT $$exists (select from pg_extension where extname = 'pg_trgm' and extversion = '1.6')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 update extension pg_trgm to 1.6'
ALTER EXTENSION pg_trgm UPDATE TO '1.6';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 update extension pg_trgm to 1.6: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
