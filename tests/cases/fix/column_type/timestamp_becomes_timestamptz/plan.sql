-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none
-- warning: `alter public.t: at timestamp with time zone` converts dates and times with the settings of the table owner's sessions: TimeZone UTC, DateStyle ISO, MDY, IntervalStyle postgres

-- 1/1 alter public.t: at timestamp with time zone
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/1 alter public.t: at timestamp with time zone'
DO 'BEGIN IF (select count(*) from public.t where at is not null and ((at::timestamp with time zone)::timestamp with time zone::timestamp without time zone)::text is distinct from (at)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.at are not the same after the conversion to timestamp with time zone and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN at DROP DEFAULT, ALTER COLUMN at TYPE timestamp with time zone, ALTER COLUMN at SET DEFAULT now();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 alter public.t: at timestamp with time zone: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
