-- 5 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: s public.size: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/5 rename type public.size to schemawarden_type_9c2081b1
-- 2/5 create type public.size
-- 3/5 alter public.t: s public.size
-- 4/5 drop the old type public.schemawarden_type_9c2081b1
SELECT $$((to_regtype('public.schemawarden_type_9c2081b1') is not null) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.size') order by enumsortorder) = array['small', 'medium', 'large']::text[]))$$ AS end_1,
       $$array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.size') order by enumsortorder) = array['small', 'medium', 'large']::text[]$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 's' and not attisdropped and format_type(atttypid, atttypmod) = 'public.size' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3,
       $$not (to_regtype('public.schemawarden_type_9c2081b1') is not null)$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 rename type public.size to schemawarden_type_9c2081b1'
ALTER TYPE public.size RENAME TO schemawarden_type_9c2081b1;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 rename type public.size to schemawarden_type_9c2081b1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 create type public.size'
CREATE TYPE public.size AS ENUM ('small', 'medium', 'large');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 create type public.size: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 alter public.t: s public.size'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ALTER COLUMN s DROP DEFAULT, ALTER COLUMN s TYPE public.size USING s::text::public.size, ALTER COLUMN s SET DEFAULT 'small'::public.size;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 alter public.t: s public.size: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 drop the old type public.schemawarden_type_9c2081b1'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
DROP TYPE public.schemawarden_type_9c2081b1;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 drop the old type public.schemawarden_type_9c2081b1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.t
\if :changed
\echo '5/5 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
