-- Plan 07350d4ae1f48d67 for community, as a script for psql (11 or newer).
--
--     psql -X -v ON_ERROR_STOP=1 -d DATABASE -f THIS_FILE
--
-- Each step looks first and does only what is left to do, so the script can be run at any time and as often as you
-- like. It exits with 0 when everything holds. It stops at the first error (exit 3), such as a lock that was not to be
-- had in time: what was committed stays; run it again. Never with --single-transaction. :end_1 is what holds after
-- step 1.
--
-- 20 steps in 19 transactions; nobody is stopped for longer than about 300 ms; hazards: none; blocked by 1 problem
-- Values that are overwritten are first written to files in the current folder: keep these.
-- blocked: public.credit_txns.credit_txns_idempotency_key_idx: whether rows of public.credit_txns share their key (idempotency_key) could not be counted: column "idempotency_key" does not exist (SQLSTATE 42703): decide which of these rows stay, and change or remove the others
-- warning: these depend on each other, and their order is a guess: let public.post_reactions.post_id be NULL

\set ON_ERROR_STOP on
\set AUTOCOMMIT on
\set QUIET on
\encoding UTF8
SET search_path = pg_catalog;
SET default_transaction_isolation = 'read committed';
SET check_function_bodies = off;
SET row_security = off;
SET standard_conforming_strings = on;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SELECT pg_try_advisory_lock(1937196632, 1) AS alone \gset
\if :alone
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = 'another fix of this database is under way', HINT = 'See who it is: SELECT a.* FROM pg_stat_activity a JOIN pg_locks USING (pid) WHERE locktype = ''advisory'''; END$$;
\endif
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = 'public.credit_txns.credit_txns_idempotency_key_idx stands in the way: whether rows of public.credit_txns share their key (idempotency_key) could not be counted: column "idempotency_key" does not exist (SQLSTATE 42703)', HINT = 'decide which of these rows stay, and change or remove the others'; END$$;
