-- 12 steps in 10 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/12 add a check that public.c.p is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_7944c31b' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'p' and not attisdropped and attnotnull))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/12 add a check that public.c.p is not NULL'
ALTER TABLE public.c ADD CONSTRAINT schemawarden_not_null_7944c31b CHECK (p IS NOT NULL) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 add a check that public.c.p is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/12 validate that public.c.p is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_7944c31b' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'p' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '2/12 validate that public.c.p is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT schemawarden_not_null_7944c31b$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_7944c31b' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_7944c31b$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_7944c31b', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_7944c31b', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '2/12 validate that public.c.p is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 validate that public.c.p is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/12 set public.c.p NOT NULL
-- 4/12 drop the check that public.c.p is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'p' and not attisdropped and attnotnull)$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_not_null_7944c31b' and true))$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/12 set public.c.p NOT NULL'
ALTER TABLE public.c ALTER COLUMN p SET NOT NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 set public.c.p NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/12 drop the check that public.c.p is not NULL'
ALTER TABLE public.c DROP CONSTRAINT schemawarden_not_null_7944c31b;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 drop the check that public.c.p is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/12 build index public.schemawarden_idx_ca1956b4
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_ca1956b4') and indrelid = to_regclass('public.c') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.c_p_idx') and indrelid = to_regclass('public.c') and indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['p']))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 build index public.schemawarden_idx_ca1956b4'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY schemawarden_idx_ca1956b4 ON public.c USING btree (p DESC);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 build index public.schemawarden_idx_ca1956b4: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/12 drop index public.c.c_p_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.c_p_idx') and indrelid = to_regclass('public.c') and not (indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['p'])))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/12 drop index public.c.c_p_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.c_p_idx;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 drop index public.c.c_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/12 rename index public.schemawarden_idx_ca1956b4 to c_p_idx
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.c_p_idx') and indrelid = to_regclass('public.c') and indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['p'])$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/12 rename index public.schemawarden_idx_ca1956b4 to c_p_idx'
ALTER INDEX public.schemawarden_idx_ca1956b4 RENAME TO c_p_idx;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 rename index public.schemawarden_idx_ca1956b4 to c_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/12 add foreign key public.c.c_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('schemawarden_fkey_711b935c', 'c_p_fkey') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN SHARE ROW EXCLUSIVE MODE;
\echo '8/12 add foreign key public.c.c_p_fkey'
ALTER TABLE public.c ADD CONSTRAINT schemawarden_fkey_711b935c FOREIGN KEY (p) REFERENCES public.p(id) ON DELETE RESTRICT NOT VALID;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 add foreign key public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/12 validate public.c.c_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('schemawarden_fkey_711b935c', 'c_p_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '9/12 validate public.c.c_p_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT schemawarden_fkey_711b935c$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'schemawarden_fkey_711b935c' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT schemawarden_fkey_711b935c$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT schemawarden_fkey_711b935c', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT schemawarden_fkey_711b935c', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '9/12 validate public.c.c_p_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 validate public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/12 drop the old foreign key public.c.c_p_fkey
-- 11/12 rename constraint public.c.schemawarden_fkey_711b935c to c_p_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_fkey' and not (contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_10,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_fkey' and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'r' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_11 \gset
SELECT NOT ((:end_10) AND (:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/12 drop the old foreign key public.c.c_p_fkey'
ALTER TABLE public.c DROP CONSTRAINT c_p_fkey;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/12 drop the old foreign key public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/12 rename constraint public.c.schemawarden_fkey_711b935c to c_p_fkey'
ALTER TABLE public.c RENAME CONSTRAINT schemawarden_fkey_711b935c TO c_p_fkey;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/12 rename constraint public.c.schemawarden_fkey_711b935c to c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 12/12 analyze public.c
\if :changed
\echo '12/12 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif
