-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 create enum public.mood
SELECT $$to_regtype('public.mood') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 create enum public.mood'
CREATE TYPE public.mood AS ENUM ('calm', 'it''s', 'a,b');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 create enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
