-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 alter sequence public.tickets
SELECT $$exists (select from pg_sequence where seqrelid = to_regclass('public.tickets') and format_type(seqtypid, null) = 'bigint' and seqstart = 7 and seqincrement = 2 and seqmin = 1 and seqmax = 5000 and seqcache = 1 and seqcycle = false)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 alter sequence public.tickets'
ALTER SEQUENCE public.tickets AS bigint START WITH 7 INCREMENT BY 2 MINVALUE 1 MAXVALUE 5000 CACHE 1 NO CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 alter sequence public.tickets: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
