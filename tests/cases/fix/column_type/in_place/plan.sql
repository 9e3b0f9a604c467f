-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none
-- warning: `alter public.t: a character varying(40), b numeric(12,2), c text, d timestamp with time zone` converts dates and times with the settings of the table owner's sessions: TimeZone UTC, DateStyle ISO, MDY, IntervalStyle postgres

-- 1/1 alter public.t: a character varying(40), b numeric(12,2), c text, d timestamp with time zone
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'character varying(40)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric(12,2)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and format_type(atttypid, atttypmod) = 'text' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/1 alter public.t: a character varying(40), b numeric(12,2), c text, d timestamp with time zone'
ALTER TABLE public.t ALTER COLUMN a TYPE character varying(40), ALTER COLUMN b TYPE numeric(12,2), ALTER COLUMN c TYPE text, ALTER COLUMN d TYPE timestamp with time zone;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 alter public.t: a character varying(40), b numeric(12,2), c text, d timestamp with time zone: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
