-- 12 steps in 12 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/12 create index public.t_p_idx without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_p_idx') and indrelid = to_regclass('public.t') and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/12 create index public.t_p_idx without its partitions'
CREATE INDEX t_p_idx ON ONLY public.t USING btree (p);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 create index public.t_p_idx without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/12 build index public.t_1_p_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_1_p_idx') and indrelid = to_regclass('public.t_1') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_1_p_idx') and indrelid = to_regclass('public.t_1') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/12 build index public.t_1_p_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_1_p_idx ON public.t_1 USING btree (p);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 build index public.t_1_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/12 attach index public.t_1_p_idx to public.t_p_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_1_p_idx') and inhparent = to_regclass('public.t_p_idx'))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/12 attach index public.t_1_p_idx to public.t_p_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_p_idx ATTACH PARTITION public.t_1_p_idx;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 attach index public.t_1_p_idx to public.t_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/12 build index public.t_2_p_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_2_p_idx') and indrelid = to_regclass('public.t_2') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_2_p_idx') and indrelid = to_regclass('public.t_2') and indisvalid))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/12 build index public.t_2_p_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_2_p_idx ON public.t_2 USING btree (p);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 build index public.t_2_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/12 attach index public.t_2_p_idx to public.t_p_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_2_p_idx') and inhparent = to_regclass('public.t_p_idx'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 attach index public.t_2_p_idx to public.t_p_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_p_idx ATTACH PARTITION public.t_2_p_idx;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 attach index public.t_2_p_idx to public.t_p_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/12 add foreign key public.t_1.t_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_1') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.t_1 IN SHARE ROW EXCLUSIVE MODE;
\echo '6/12 add foreign key public.t_1.t_p_fkey'
ALTER TABLE public.t_1 ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES public.p(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 add foreign key public.t_1.t_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/12 validate public.t_1.t_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_1') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D') and convalidated)$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/12 validate public.t_1.t_p_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t_1 VALIDATE CONSTRAINT t_p_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t_1') and conname = 't_p_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t_1 DROP CONSTRAINT t_p_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t_1 DROP CONSTRAINT t_p_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t_1 DROP CONSTRAINT t_p_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '7/12 validate public.t_1.t_p_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 validate public.t_1.t_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/12 add foreign key public.t_2.t_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_2') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.t_2 IN SHARE ROW EXCLUSIVE MODE;
\echo '8/12 add foreign key public.t_2.t_p_fkey'
ALTER TABLE public.t_2 ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES public.p(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 add foreign key public.t_2.t_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/12 validate public.t_2.t_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_2') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D') and convalidated)$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '9/12 validate public.t_2.t_p_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t_2 VALIDATE CONSTRAINT t_p_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t_2') and conname = 't_p_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t_2 DROP CONSTRAINT t_p_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t_2 DROP CONSTRAINT t_p_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t_2 DROP CONSTRAINT t_p_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '9/12 validate public.t_2.t_p_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 validate public.t_2.t_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/12 add foreign key public.t.t_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_p_fkey' and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.t IN SHARE ROW EXCLUSIVE MODE;
\echo '10/12 add foreign key public.t.t_p_fkey'
ALTER TABLE public.t ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES public.p(id) ON DELETE SET NULL;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/12 add foreign key public.t.t_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/12 analyze public.t_1
\if :changed
\echo '11/12 analyze public.t_1'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_1;
\endif

-- 12/12 analyze public.t_2
\if :changed
\echo '12/12 analyze public.t_2'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_2;
\endif
