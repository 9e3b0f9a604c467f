-- 2 steps in 1 transaction; no session is stopped; hazards: none

-- 1/2 create publication feed
-- 2/2 comment on feed
SELECT $$exists (select from pg_publication where pubname = 'feed' and true)$$ AS end_1,
       $$exists (select from pg_publication where pubname = 'feed' and obj_description(oid, 'pg_publication') = 'to the warehouse')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 create publication feed'
CREATE PUBLICATION feed FOR TABLE ONLY public.items, ONLY public.orders WITH (publish = 'insert, update');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 comment on feed'
COMMENT ON PUBLICATION feed IS 'to the warehouse';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 comment on feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
