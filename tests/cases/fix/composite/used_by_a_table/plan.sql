-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 alter composite type public.address
SELECT $$array(select a.attname || ' ' || (format_type(a.atttypid, a.atttypmod) || coalesce((select format(' COLLATE %I.%I', s.nspname, l.collname) from pg_collation l join pg_namespace s on s.oid = l.collnamespace join pg_type own on own.oid = a.atttypid where l.oid = a.attcollation and l.oid <> own.typcollation), '')) from pg_attribute a where a.attrelid = to_regclass('public.address') and a.attnum > 0 and not a.attisdropped order by a.attnum) = array['street text', 'number integer']::text[]$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 alter composite type public.address'
ALTER TYPE public.address ADD ATTRIBUTE number integer;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 alter composite type public.address: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
