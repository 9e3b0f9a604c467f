-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 create publication "fe'ed ""x"
SELECT $$exists (select from pg_publication where pubname = 'fe''ed "x' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 create publication "fe''ed ""x"'
CREATE PUBLICATION "fe'ed ""x" FOR TABLE ONLY public."Or.der" ("a ""b", id) WHERE (("a ""b" > 3)) WITH (publish = 'insert, update, delete, truncate');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 create publication "fe''ed ""x": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
