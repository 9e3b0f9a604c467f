-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 create composite type public.address
SELECT $$to_regtype('public.address') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create composite type public.address'
CREATE TYPE public.address AS (street text, number integer);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create composite type public.address: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 create table public.addresses
SELECT $$exists (select from pg_class where oid = to_regclass('public.addresses') and relkind in ('r', 'p'))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 create table public.addresses'
CREATE TABLE public.addresses OF public.address (number WITH OPTIONS DEFAULT 1);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create table public.addresses: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
