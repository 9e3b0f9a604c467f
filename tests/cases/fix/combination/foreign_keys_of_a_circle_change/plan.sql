-- 12 steps in 10 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/12 drop NOT NULL from public.a.b
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'b' and not attisdropped and not attnotnull)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/12 drop NOT NULL from public.a.b'
ALTER TABLE public.a ALTER COLUMN b DROP NOT NULL;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 drop NOT NULL from public.a.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/12 drop NOT NULL from public.b.a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'a' and not attisdropped and not attnotnull)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/12 drop NOT NULL from public.b.a'
ALTER TABLE public.b ALTER COLUMN a DROP NOT NULL;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 drop NOT NULL from public.b.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/12 add foreign key public.a.a_b_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname in ('schemawarden_fkey_aeff11de', 'a_b_fkey') and contype = 'f' and confrelid = to_regclass('public.b') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.b IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.a IN SHARE ROW EXCLUSIVE MODE;
\echo '3/12 add foreign key public.a.a_b_fkey'
ALTER TABLE public.a ADD CONSTRAINT schemawarden_fkey_aeff11de FOREIGN KEY (b) REFERENCES public.b(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 add foreign key public.a.a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/12 validate public.a.a_b_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname in ('schemawarden_fkey_aeff11de', 'a_b_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.b') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '4/12 validate public.a.a_b_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a VALIDATE CONSTRAINT schemawarden_fkey_aeff11de$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_fkey_aeff11de' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a DROP CONSTRAINT schemawarden_fkey_aeff11de$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a DROP CONSTRAINT schemawarden_fkey_aeff11de', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a DROP CONSTRAINT schemawarden_fkey_aeff11de', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '4/12 validate public.a.a_b_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 validate public.a.a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/12 drop the old foreign key public.a.a_b_fkey
-- 6/12 rename constraint public.a.schemawarden_fkey_aeff11de to a_b_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_b_fkey' and not (contype = 'f' and confrelid = to_regclass('public.b') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_5,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_b_fkey' and contype = 'f' and confrelid = to_regclass('public.b') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_6 \gset
SELECT NOT ((:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.b IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 drop the old foreign key public.a.a_b_fkey'
ALTER TABLE public.a DROP CONSTRAINT a_b_fkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 drop the old foreign key public.a.a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/12 rename constraint public.a.schemawarden_fkey_aeff11de to a_b_fkey'
ALTER TABLE public.a RENAME CONSTRAINT schemawarden_fkey_aeff11de TO a_b_fkey;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 rename constraint public.a.schemawarden_fkey_aeff11de to a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/12 add foreign key public.b.b_a_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('schemawarden_fkey_f44a8334', 'b_a_fkey') and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.b IN SHARE ROW EXCLUSIVE MODE;
\echo '7/12 add foreign key public.b.b_a_fkey'
ALTER TABLE public.b ADD CONSTRAINT schemawarden_fkey_f44a8334 FOREIGN KEY (a) REFERENCES public.a(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 add foreign key public.b.b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/12 validate public.b.b_a_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('schemawarden_fkey_f44a8334', 'b_a_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/12 validate public.b.b_a_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.b VALIDATE CONSTRAINT schemawarden_fkey_f44a8334$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_fkey_f44a8334' and not convalidated) THEN EXECUTE $$ALTER TABLE public.b DROP CONSTRAINT schemawarden_fkey_f44a8334$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.b DROP CONSTRAINT schemawarden_fkey_f44a8334', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.b DROP CONSTRAINT schemawarden_fkey_f44a8334', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '8/12 validate public.b.b_a_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 validate public.b.b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/12 drop the old foreign key public.b.b_a_fkey
-- 10/12 rename constraint public.b.schemawarden_fkey_f44a8334 to b_a_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_a_fkey' and not (contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_9,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_a_fkey' and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_10 \gset
SELECT NOT ((:end_9) AND (:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.b IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/12 drop the old foreign key public.b.b_a_fkey'
ALTER TABLE public.b DROP CONSTRAINT b_a_fkey;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 drop the old foreign key public.b.b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/12 rename constraint public.b.schemawarden_fkey_f44a8334 to b_a_fkey'
ALTER TABLE public.b RENAME CONSTRAINT schemawarden_fkey_f44a8334 TO b_a_fkey;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/12 rename constraint public.b.schemawarden_fkey_f44a8334 to b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 11/12 analyze public.a
\if :changed
\echo '11/12 analyze public.a'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.a;
\endif

-- 12/12 analyze public.b
\if :changed
\echo '12/12 analyze public.b'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.b;
\endif
