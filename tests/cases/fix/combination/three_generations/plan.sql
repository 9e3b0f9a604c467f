-- 18 steps in 17 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/18 drop NOT NULL from public.c.b
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'b' and not attisdropped and not attnotnull)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/18 drop NOT NULL from public.c.b'
ALTER TABLE public.c ALTER COLUMN b DROP NOT NULL;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/18 drop NOT NULL from public.c.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/18 add a check that public.b.a is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_455555a7' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'a' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/18 add a check that public.b.a is not NULL'
ALTER TABLE public.b ADD CONSTRAINT schemawarden_not_null_455555a7 CHECK (a IS NOT NULL) NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/18 add a check that public.b.a is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/18 validate that public.b.a is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_455555a7' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'a' and not attisdropped and attnotnull))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/18 validate that public.b.a is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.b VALIDATE CONSTRAINT schemawarden_not_null_455555a7$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_455555a7' and not convalidated) THEN EXECUTE $$ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_455555a7$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_455555a7', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_455555a7', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '3/18 validate that public.b.a is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/18 validate that public.b.a is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/18 set public.b.a NOT NULL
-- 5/18 drop the check that public.b.a is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'a' and not attisdropped and attnotnull)$$ AS end_4,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_455555a7' and true))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/18 set public.b.a NOT NULL'
ALTER TABLE public.b ALTER COLUMN a SET NOT NULL;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/18 set public.b.a NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/18 drop the check that public.b.a is not NULL'
ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_455555a7;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/18 drop the check that public.b.a is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/18 build index public.a_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.a_pkey') and indrelid = to_regclass('public.a') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname in ('a_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/18 build index public.a_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY a_pkey ON public.a USING btree (id);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/18 build index public.a_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/18 make public.a.a_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE;
\echo '7/18 make public.a.a_pkey the primary key'
ALTER TABLE public.a ADD CONSTRAINT a_pkey PRIMARY KEY USING INDEX a_pkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/18 make public.a.a_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/18 build index public.b_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.b_pkey') and indrelid = to_regclass('public.b') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('b_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/18 build index public.b_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY b_pkey ON public.b USING btree (id);
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/18 build index public.b_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/18 make public.b.b_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.b IN ACCESS EXCLUSIVE MODE;
\echo '9/18 make public.b.b_pkey the primary key'
ALTER TABLE public.b ADD CONSTRAINT b_pkey PRIMARY KEY USING INDEX b_pkey;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/18 make public.b.b_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/18 build index public.c_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.c_pkey') and indrelid = to_regclass('public.c') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/18 build index public.c_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY c_pkey ON public.c USING btree (id);
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/18 build index public.c_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/18 make public.c.c_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
\echo '11/18 make public.c.c_pkey the primary key'
ALTER TABLE public.c ADD CONSTRAINT c_pkey PRIMARY KEY USING INDEX c_pkey;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/18 make public.c.c_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/18 add foreign key public.b.b_a_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('b_a_fkey') and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'c' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.b IN SHARE ROW EXCLUSIVE MODE;
\echo '12/18 add foreign key public.b.b_a_fkey'
ALTER TABLE public.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES public.a(id) ON DELETE CASCADE NOT VALID;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/18 add foreign key public.b.b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 13/18 validate public.b.b_a_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('b_a_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'c' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '13/18 validate public.b.b_a_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.b VALIDATE CONSTRAINT b_a_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_a_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.b DROP CONSTRAINT b_a_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.b DROP CONSTRAINT b_a_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.b DROP CONSTRAINT b_a_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '13/18 validate public.b.b_a_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/18 validate public.b.b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/18 add foreign key public.c.c_b_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_b_fkey') and contype = 'f' and confrelid = to_regclass('public.b') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.b IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN SHARE ROW EXCLUSIVE MODE;
\echo '14/18 add foreign key public.c.c_b_fkey'
ALTER TABLE public.c ADD CONSTRAINT c_b_fkey FOREIGN KEY (b) REFERENCES public.b(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/18 add foreign key public.c.c_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/18 validate public.c.c_b_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_b_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.b') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '15/18 validate public.c.c_b_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT c_b_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_b_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT c_b_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT c_b_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT c_b_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '15/18 validate public.c.c_b_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/18 validate public.c.c_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/18 analyze public.a
\if :changed
\echo '16/18 analyze public.a'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.a;
\endif

-- 17/18 analyze public.b
\if :changed
\echo '17/18 analyze public.b'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.b;
\endif

-- 18/18 analyze public.c
\if :changed
\echo '18/18 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif
