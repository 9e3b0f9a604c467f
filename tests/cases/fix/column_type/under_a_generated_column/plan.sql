-- 4 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a bigint: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)
-- table_rewrite: add column public.t.twice: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/4 drop column public.t.twice
-- 2/4 alter public.t: a bigint
-- 3/4 add column public.t.twice
SELECT $$(not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)) and (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and attgenerated <> '')$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop column public.t.twice'
ALTER TABLE public.t DROP COLUMN twice;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop column public.t.twice: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 alter public.t: a bigint'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::bigint)::bigint::integer)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 alter public.t: a bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 add column public.t.twice'
ALTER TABLE public.t ADD COLUMN twice bigint GENERATED ALWAYS AS ((a * 2)) STORED;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 add column public.t.twice: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.t
\if :changed
\echo '4/4 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
