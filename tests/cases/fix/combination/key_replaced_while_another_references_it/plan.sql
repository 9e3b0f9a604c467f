-- 13 steps in 10 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/13 add a check that public.p.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'schemawarden_not_null_f8f4c262' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.p') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/13 add a check that public.p.id is not NULL'
ALTER TABLE public.p ADD CONSTRAINT schemawarden_not_null_f8f4c262 CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/13 add a check that public.p.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/13 validate that public.p.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'schemawarden_not_null_f8f4c262' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.p') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/13 validate that public.p.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.p VALIDATE CONSTRAINT schemawarden_not_null_f8f4c262$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'schemawarden_not_null_f8f4c262' and not convalidated) THEN EXECUTE $$ALTER TABLE public.p DROP CONSTRAINT schemawarden_not_null_f8f4c262$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.p DROP CONSTRAINT schemawarden_not_null_f8f4c262', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.p DROP CONSTRAINT schemawarden_not_null_f8f4c262', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/13 validate that public.p.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/13 validate that public.p.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/13 set public.p.id NOT NULL
-- 4/13 drop the check that public.p.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.p') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'schemawarden_not_null_f8f4c262' and true))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/13 set public.p.id NOT NULL'
ALTER TABLE public.p ALTER COLUMN id SET NOT NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/13 set public.p.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/13 drop the check that public.p.id is not NULL'
ALTER TABLE public.p DROP CONSTRAINT schemawarden_not_null_f8f4c262;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/13 drop the check that public.p.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/13 build index public.p_code_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.p_code_key') and indrelid = to_regclass('public.p') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname in ('p_code_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['code']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/13 build index public.p_code_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY p_code_key ON public.p USING btree (code);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/13 build index public.p_code_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/13 make public.p.p_code_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_code_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['code']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
\echo '6/13 make public.p.p_code_key the unique constraint'
ALTER TABLE public.p ADD CONSTRAINT p_code_key UNIQUE USING INDEX p_code_key;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/13 make public.p.p_code_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/13 build index public.schemawarden_key_2bbe94ac
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_key_2bbe94ac') and indrelid = to_regclass('public.p') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname in ('p_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/13 build index public.schemawarden_key_2bbe94ac'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_key_2bbe94ac ON public.p USING btree (id);
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/13 build index public.schemawarden_key_2bbe94ac: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/13 drop foreign key public.c.c_code_fkey, which depends on the old key
-- 9/13 make public.p.p_pkey the primary key
-- 10/13 add foreign key public.c.c_code_fkey again
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_code_fkey' and conindid = (select old.conindid from pg_constraint old where old.conrelid = to_regclass('public.p') and old.conname = 'p_pkey'))) or exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1)))$$ AS end_8,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_9,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_code_fkey' and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['code']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['code']::text[] and confupdtype = 'a' and confdeltype = 'c' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_10 \gset
SELECT NOT ((:end_8) AND (:end_9) AND (:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/13 drop foreign key public.c.c_code_fkey, which depends on the old key'
ALTER TABLE public.c DROP CONSTRAINT c_code_fkey;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/13 drop foreign key public.c.c_code_fkey, which depends on the old key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/13 make public.p.p_pkey the primary key'
ALTER TABLE public.p DROP CONSTRAINT p_pkey, ADD CONSTRAINT p_pkey PRIMARY KEY USING INDEX schemawarden_key_2bbe94ac;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/13 make public.p.p_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/13 add foreign key public.c.c_code_fkey again'
ALTER TABLE public.c ADD CONSTRAINT c_code_fkey FOREIGN KEY (code) REFERENCES public.p(code) ON DELETE CASCADE NOT VALID;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/13 add foreign key public.c.c_code_fkey again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 11/13 validate public.c.c_code_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_code_fkey') and convalidated and true)$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '11/13 validate public.c.c_code_fkey'
ALTER TABLE public.c VALIDATE CONSTRAINT c_code_fkey;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/13 validate public.c.c_code_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/13 analyze public.c
\if :changed
\echo '12/13 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif

-- 13/13 analyze public.p
\if :changed
\echo '13/13 analyze public.p'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p;
\endif
