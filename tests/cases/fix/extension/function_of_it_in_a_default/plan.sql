-- 7 steps in 5 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/7 create extension "uuid-ossp"
SELECT $$exists (select from pg_extension where extname = 'uuid-ossp' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/7 create extension "uuid-ossp"'
CREATE EXTENSION "uuid-ossp" SCHEMA public;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 create extension "uuid-ossp": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/7 add column public.t.a
-- 3/7 add a check that public.t.a is not NULL
-- 4/7 set the default of public.t.a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and true)$$ AS end_2,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_66788a5b' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_4 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 add column public.t.a'
ALTER TABLE public.t ADD COLUMN a uuid;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 add column public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 add a check that public.t.a is not NULL'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_not_null_66788a5b CHECK (a IS NOT NULL) NOT VALID;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 add a check that public.t.a is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 set the default of public.t.a'
ALTER TABLE public.t ALTER COLUMN a SET DEFAULT public.uuid_generate_v4();
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 set the default of public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/7 fill public.t.a
SELECT $$not exists (select from ONLY public.t where a is null)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 fill public.t.a'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.t SET a = public.uuid_generate_v4() WHERE ctid >= $1::tid AND ctid < $2::tid AND a IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 fill public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/7 drop the check that public.t.a is not NULL
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_66788a5b' and true))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/7 drop the check that public.t.a is not NULL'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_66788a5b;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 drop the check that public.t.a is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
