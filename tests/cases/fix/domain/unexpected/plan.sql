-- 1 step in 1 transaction; no session is stopped; hazards: data_loss
-- data_loss: drop domain public.positive: domain public.positive

-- 1/1 drop domain public.positive
SELECT $$not (to_regtype('public.positive') is not null)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 drop domain public.positive'
DROP DOMAIN public.positive;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop domain public.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
