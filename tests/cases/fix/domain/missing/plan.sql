-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 create domain public.email
SELECT $$to_regtype('public.email') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 create domain public.email'
CREATE DOMAIN public.email AS character varying(200) COLLATE pg_catalog."C" DEFAULT 'nobody@x'::character varying NOT NULL CONSTRAINT has_at CHECK (((VALUE)::text ~~ '%@%'::text));
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 create domain public.email: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
