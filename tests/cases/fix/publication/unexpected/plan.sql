-- 1 step in 1 transaction; no session is stopped; hazards: data_loss
-- data_loss: drop publication stray: publication stray

-- 1/1 drop publication stray
SELECT $$not (exists (select from pg_publication where pubname = 'stray' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 drop publication stray'
DROP PUBLICATION stray;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop publication stray: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
