-- 7 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: m public.mood: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/7 drop view public.v
-- 2/7 rename type public.mood to schemawarden_type_681358b0
-- 3/7 create type public.mood
-- 4/7 alter public.t: m public.mood
-- 5/7 create view public.v
-- 6/7 drop the old type public.schemawarden_type_681358b0
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.mood') order by enumsortorder) = array['calm', 'wild']::text[]))$$ AS end_1,
       $$((to_regtype('public.schemawarden_type_681358b0') is not null) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.mood') order by enumsortorder) = array['calm', 'wild']::text[]))$$ AS end_2,
       $$array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.mood') order by enumsortorder) = array['calm', 'wild']::text[]$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'm' and not attisdropped and format_type(atttypid, atttypmod) = 'public.mood' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_5,
       $$not (to_regtype('public.schemawarden_type_681358b0') is not null)$$ AS end_6 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 rename type public.mood to schemawarden_type_681358b0'
ALTER TYPE public.mood RENAME TO schemawarden_type_681358b0;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 rename type public.mood to schemawarden_type_681358b0: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 create type public.mood'
CREATE TYPE public.mood AS ENUM ('calm', 'wild');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 create type public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 alter public.t: m public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ALTER COLUMN m DROP DEFAULT, ALTER COLUMN m TYPE public.mood USING m::text::public.mood, ALTER COLUMN m SET DEFAULT 'calm'::public.mood;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 alter public.t: m public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 create view public.v'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.v (m) AS  SELECT t.m
   FROM public.t;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/7 drop the old type public.schemawarden_type_681358b0'
DROP TYPE public.schemawarden_type_681358b0;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 drop the old type public.schemawarden_type_681358b0: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/7 analyze public.t
\if :changed
\echo '7/7 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
