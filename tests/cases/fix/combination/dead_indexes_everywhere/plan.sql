-- 16 steps in 15 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/16 add a check that public.c.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_aef0465b' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/16 add a check that public.c.id is not NULL'
ALTER TABLE public.c ADD CONSTRAINT schemawarden_not_null_aef0465b CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/16 add a check that public.c.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/16 validate that public.c.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_aef0465b' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/16 validate that public.c.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT schemawarden_not_null_aef0465b$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_aef0465b' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_aef0465b$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_aef0465b', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_aef0465b', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/16 validate that public.c.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/16 validate that public.c.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/16 set public.c.id NOT NULL
-- 4/16 drop the check that public.c.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_aef0465b' and true))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/16 set public.c.id NOT NULL'
ALTER TABLE public.c ALTER COLUMN id SET NOT NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/16 set public.c.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/16 drop the check that public.c.id is not NULL'
ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_aef0465b;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/16 drop the check that public.c.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/16 drop invalid index public.c_pkey
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.c_pkey') and indrelid = to_regclass('public.c') and not indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/16 drop invalid index public.c_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.c_pkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/16 drop invalid index public.c_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/16 build index public.c_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.c_pkey') and indrelid = to_regclass('public.c') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/16 build index public.c_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY c_pkey ON public.c USING btree (id);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/16 build index public.c_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/16 make public.c.c_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
\echo '7/16 make public.c.c_pkey the primary key'
ALTER TABLE public.c ADD CONSTRAINT c_pkey PRIMARY KEY USING INDEX c_pkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/16 make public.c.c_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/16 drop invalid index public.p_a_key
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.p_a_key') and indrelid = to_regclass('public.p') and not indisvalid))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/16 drop invalid index public.p_a_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.p_a_key;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/16 drop invalid index public.p_a_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/16 build index public.p_a_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.p_a_key') and indrelid = to_regclass('public.p') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname in ('p_a_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/16 build index public.p_a_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY p_a_key ON public.p USING btree (a);
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/16 build index public.p_a_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/16 make public.p.p_a_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_a_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
\echo '10/16 make public.p.p_a_key the unique constraint'
ALTER TABLE public.p ADD CONSTRAINT p_a_key UNIQUE USING INDEX p_a_key;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/16 make public.p.p_a_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/16 drop invalid index public.c_p_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.c_p_idx') and indrelid = to_regclass('public.c') and not indisvalid))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/16 drop invalid index public.c_p_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.c_p_idx;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/16 drop invalid index public.c_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 12/16 build index public.c_p_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.c_p_idx') and indrelid = to_regclass('public.c') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.c_p_idx') and indrelid = to_regclass('public.c') and indisvalid))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/16 build index public.c_p_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY c_p_idx ON public.c USING btree (p);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/16 build index public.c_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/16 add foreign key public.c.c_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_p_fkey') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN SHARE ROW EXCLUSIVE MODE;
\echo '13/16 add foreign key public.c.c_p_fkey'
ALTER TABLE public.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES public.p(a) NOT VALID;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/16 add foreign key public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/16 validate public.c.c_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_p_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '14/16 validate public.c.c_p_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT c_p_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT c_p_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT c_p_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT c_p_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '14/16 validate public.c.c_p_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/16 validate public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/16 analyze public.c
\if :changed
\echo '15/16 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif

-- 16/16 analyze public.p
\if :changed
\echo '16/16 analyze public.p'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p;
\endif
