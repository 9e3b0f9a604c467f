-- 21 steps in 19 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/21 add column b.t.t
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('b.t') and attname = 't' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/21 add column b.t.t'
ALTER TABLE b.t ADD COLUMN t integer;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/21 add column b.t.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/21 add a check that a.t.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('a.t') and conname = 'schemawarden_not_null_d4e78f21' and true) or exists (select from pg_attribute where attrelid = to_regclass('a.t') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/21 add a check that a.t.id is not NULL'
ALTER TABLE a.t ADD CONSTRAINT schemawarden_not_null_d4e78f21 CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/21 add a check that a.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/21 validate that a.t.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('a.t') and conname = 'schemawarden_not_null_d4e78f21' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('a.t') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/21 validate that a.t.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE a.t VALIDATE CONSTRAINT schemawarden_not_null_d4e78f21$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('a.t') and conname = 'schemawarden_not_null_d4e78f21' and not convalidated) THEN EXECUTE $$ALTER TABLE a.t DROP CONSTRAINT schemawarden_not_null_d4e78f21$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE a.t DROP CONSTRAINT schemawarden_not_null_d4e78f21', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE a.t DROP CONSTRAINT schemawarden_not_null_d4e78f21', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '3/21 validate that a.t.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/21 validate that a.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/21 set a.t.id NOT NULL
-- 5/21 drop the check that a.t.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('a.t') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_4,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('a.t') and conname = 'schemawarden_not_null_d4e78f21' and true))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/21 set a.t.id NOT NULL'
ALTER TABLE a.t ALTER COLUMN id SET NOT NULL;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/21 set a.t.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/21 drop the check that a.t.id is not NULL'
ALTER TABLE a.t DROP CONSTRAINT schemawarden_not_null_d4e78f21;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/21 drop the check that a.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/21 add a check that b.t.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname = 'schemawarden_not_null_7c69261e' and true) or exists (select from pg_attribute where attrelid = to_regclass('b.t') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/21 add a check that b.t.id is not NULL'
ALTER TABLE b.t ADD CONSTRAINT schemawarden_not_null_7c69261e CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/21 add a check that b.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/21 validate that b.t.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname = 'schemawarden_not_null_7c69261e' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('b.t') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/21 validate that b.t.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE b.t VALIDATE CONSTRAINT schemawarden_not_null_7c69261e$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname = 'schemawarden_not_null_7c69261e' and not convalidated) THEN EXECUTE $$ALTER TABLE b.t DROP CONSTRAINT schemawarden_not_null_7c69261e$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE b.t DROP CONSTRAINT schemawarden_not_null_7c69261e', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE b.t DROP CONSTRAINT schemawarden_not_null_7c69261e', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '7/21 validate that b.t.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/21 validate that b.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/21 set b.t.id NOT NULL
-- 9/21 drop the check that b.t.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('b.t') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_8,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname = 'schemawarden_not_null_7c69261e' and true))$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/21 set b.t.id NOT NULL'
ALTER TABLE b.t ALTER COLUMN id SET NOT NULL;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/21 set b.t.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/21 drop the check that b.t.id is not NULL'
ALTER TABLE b.t DROP CONSTRAINT schemawarden_not_null_7c69261e;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/21 drop the check that b.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/21 build index a.t_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('a.t_pkey') and indrelid = to_regclass('a.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('a.t') and conname in ('t_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/21 build index a.t_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON a.t USING btree (id);
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/21 build index a.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/21 make a.t.t_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('a.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY a.t IN ACCESS EXCLUSIVE MODE;
\echo '11/21 make a.t.t_pkey the primary key'
ALTER TABLE a.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/21 make a.t.t_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/21 build index b.t_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('b.t_pkey') and indrelid = to_regclass('b.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname in ('t_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/21 build index b.t_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON b.t USING btree (id);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/21 build index b.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/21 make b.t.t_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY b.t IN ACCESS EXCLUSIVE MODE;
\echo '13/21 make b.t.t_pkey the primary key'
ALTER TABLE b.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/21 make b.t.t_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/21 build index a.t_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('a.t_id_idx') and indrelid = to_regclass('a.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('a.t_id_idx') and indrelid = to_regclass('a.t') and indisvalid))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/21 build index a.t_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_id_idx ON a.t USING btree (id);
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/21 build index a.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 15/21 build index b.schemawarden_idx_24883526
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('b.schemawarden_idx_24883526') and indrelid = to_regclass('b.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('b.t_id_idx') and indrelid = to_regclass('b.t') and indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['id']))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/21 build index b.schemawarden_idx_24883526'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY schemawarden_idx_24883526 ON b.t USING btree (id DESC);
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/21 build index b.schemawarden_idx_24883526: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 16/21 drop index b.t.t_id_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('b.t_id_idx') and indrelid = to_regclass('b.t') and not (indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['id'])))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
\echo '16/21 drop index b.t.t_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY b.t_id_idx;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/21 drop index b.t.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 17/21 rename index b.schemawarden_idx_24883526 to t_id_idx
SELECT $$exists (select from pg_index where indexrelid = to_regclass('b.t_id_idx') and indrelid = to_regclass('b.t') and indisvalid and not indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['id'])$$ AS end_17 \gset
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '17/21 rename index b.schemawarden_idx_24883526 to t_id_idx'
ALTER INDEX b.schemawarden_idx_24883526 RENAME TO t_id_idx;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/21 rename index b.schemawarden_idx_24883526 to t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 18/21 add foreign key b.t.t_t_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname in ('t_t_fkey') and contype = 'f' and confrelid = to_regclass('a.t') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['t']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_18 \gset
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY a.t IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY b.t IN SHARE ROW EXCLUSIVE MODE;
\echo '18/21 add foreign key b.t.t_t_fkey'
ALTER TABLE b.t ADD CONSTRAINT t_t_fkey FOREIGN KEY (t) REFERENCES a.t(id) NOT VALID;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/21 add foreign key b.t.t_t_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 19/21 validate b.t.t_t_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname in ('t_t_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('a.t') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['t']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '19/21 validate b.t.t_t_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE b.t VALIDATE CONSTRAINT t_t_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('b.t') and conname = 't_t_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE b.t DROP CONSTRAINT t_t_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE b.t DROP CONSTRAINT t_t_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE b.t DROP CONSTRAINT t_t_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '19/21 validate b.t.t_t_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/21 validate b.t.t_t_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 20/21 analyze a.t
\if :changed
\echo '20/21 analyze a.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE a.t;
\endif

-- 21/21 analyze b.t
\if :changed
\echo '21/21 analyze b.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE b.t;
\endif
