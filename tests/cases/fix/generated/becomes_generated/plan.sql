-- 3 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- data_loss: drop column public.t.twice: column public.t.twice and its values, which will be generated (300 rows, 40 kB)
-- table_rewrite: add column public.t.twice: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/3 drop column public.t.twice
-- 2/3 add column public.t.twice
SELECT $$(not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'twice' and not attisdropped and attgenerated <> '')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop column public.t.twice'
ALTER TABLE public.t DROP COLUMN twice;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop column public.t.twice: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 add column public.t.twice'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ADD COLUMN twice integer GENERATED ALWAYS AS ((a * 2)) STORED;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 add column public.t.twice: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
