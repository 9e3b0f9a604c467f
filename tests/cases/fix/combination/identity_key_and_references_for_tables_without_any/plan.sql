-- 35 steps in 21 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/35 create sequence public.b_id_seq
-- 2/35 add column public.b.id
-- 3/35 add a check that public.b.id is not NULL
-- 4/35 set the default of public.b.id
-- 5/35 set sequence public.b_id_seq to OWNED BY public.b.id
SELECT $$exists (select from pg_class where oid = to_regclass('public.b_id_seq') and relkind in ('S'))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'id' and not attisdropped and true)$$ AS end_2,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_9f242ea0' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_4,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.b_id_seq') and d.refobjid = to_regclass('public.b') and a.attname = 'id')$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/35 create sequence public.b_id_seq'
CREATE SEQUENCE public.b_id_seq AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/35 create sequence public.b_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/35 add column public.b.id'
ALTER TABLE public.b ADD COLUMN id bigint;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/35 add column public.b.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/35 add a check that public.b.id is not NULL'
ALTER TABLE public.b ADD CONSTRAINT schemawarden_not_null_9f242ea0 CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/35 add a check that public.b.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/35 set the default of public.b.id'
ALTER TABLE public.b ALTER COLUMN id SET DEFAULT nextval('public.b_id_seq'::regclass);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/35 set the default of public.b.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/35 set sequence public.b_id_seq to OWNED BY public.b.id'
ALTER SEQUENCE public.b_id_seq OWNED BY public.b.id;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/35 set sequence public.b_id_seq to OWNED BY public.b.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/35 fill public.b.id
SELECT $$not exists (select from ONLY public.b where id is null)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/35 fill public.b.id'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.b') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.b SET id = nextval('public.b_id_seq'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND id IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/35 fill public.b.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/35 validate that public.b.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_9f242ea0' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/35 validate that public.b.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.b VALIDATE CONSTRAINT schemawarden_not_null_9f242ea0$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_9f242ea0' and not convalidated) THEN EXECUTE $$ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_9f242ea0$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_9f242ea0', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_9f242ea0', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '7/35 validate that public.b.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/35 validate that public.b.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/35 set public.b.id NOT NULL
-- 9/35 drop the check that public.b.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_8,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_not_null_9f242ea0' and true))$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/35 set public.b.id NOT NULL'
ALTER TABLE public.b ALTER COLUMN id SET NOT NULL;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/35 set public.b.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/35 drop the check that public.b.id is not NULL'
ALTER TABLE public.b DROP CONSTRAINT schemawarden_not_null_9f242ea0;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/35 drop the check that public.b.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/35 create sequence public.schemawarden_seq_0173a53f
-- 11/35 grant usage on sequence public.schemawarden_seq_0173a53f to PUBLIC
-- 12/35 add column public.a.id
-- 13/35 add a check that public.a.id is not NULL
-- 14/35 set the default of public.a.id
SELECT $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_0173a53f') and relkind in ('S')) or exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and attidentity <> ''))$$ AS end_10,
       $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_0173a53f') and array['USAGE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('s', relowner))) e where e.grantor = relowner and e.grantee = 0)) or exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and attidentity <> ''))$$ AS end_11,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and true)$$ AS end_12,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0173a53f' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_13,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_14 \gset
SELECT NOT ((:end_10) AND (:end_11) AND (:end_12) AND (:end_13) AND (:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/35 create sequence public.schemawarden_seq_0173a53f'
CREATE SEQUENCE public.schemawarden_seq_0173a53f;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/35 create sequence public.schemawarden_seq_0173a53f: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/35 grant usage on sequence public.schemawarden_seq_0173a53f to PUBLIC'
GRANT USAGE ON SEQUENCE public.schemawarden_seq_0173a53f TO PUBLIC;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/35 grant usage on sequence public.schemawarden_seq_0173a53f to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/35 add column public.a.id'
ALTER TABLE public.a ADD COLUMN id bigint;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/35 add column public.a.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/35 add a check that public.a.id is not NULL'
ALTER TABLE public.a ADD CONSTRAINT schemawarden_not_null_0173a53f CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/35 add a check that public.a.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/35 set the default of public.a.id'
ALTER TABLE public.a ALTER COLUMN id SET DEFAULT nextval('public.schemawarden_seq_0173a53f'::regclass);
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/35 set the default of public.a.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 15/35 fill public.a.id
SELECT $$not exists (select from ONLY public.a where id is null)$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/35 fill public.a.id'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.a') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.a SET id = nextval('public.schemawarden_seq_0173a53f'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND id IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/35 fill public.a.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 16/35 validate that public.a.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0173a53f' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '16/35 validate that public.a.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a VALIDATE CONSTRAINT schemawarden_not_null_0173a53f$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0173a53f' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0173a53f$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0173a53f', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0173a53f', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '16/35 validate that public.a.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/35 validate that public.a.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/35 set public.a.id NOT NULL
-- 18/35 drop the check that public.a.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_17,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0173a53f' and true))$$ AS end_18 \gset
SELECT NOT ((:end_17) AND (:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/35 set public.a.id NOT NULL'
ALTER TABLE public.a ALTER COLUMN id SET NOT NULL;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/35 set public.a.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
\echo '18/35 drop the check that public.a.id is not NULL'
ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0173a53f;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/35 drop the check that public.a.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 19/35 drop the default of public.a.id
-- 20/35 make public.a.id an identity column
-- 21/35 set sequence of public.a.id to its last value
-- 22/35 drop sequence public.schemawarden_seq_0173a53f
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and (not atthasdef or attidentity <> ''))$$ AS end_19,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and attidentity <> '')$$ AS end_20,
       $$(pg_sequence_last_value(to_regclass('public.schemawarden_seq_0173a53f')) is null or coalesce(pg_sequence_last_value(to_regclass('public.schemawarden_seq_0173a53f')) <= pg_sequence_last_value(to_regclass('public.a_id_seq')), false))$$ AS end_21,
       $$not (exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_0173a53f') and relkind in ('S')))$$ AS end_22 \gset
SELECT NOT ((:end_19) AND (:end_20) AND (:end_21) AND (:end_22)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
\echo '19/35 drop the default of public.a.id'
ALTER TABLE public.a ALTER COLUMN id DROP DEFAULT;
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/35 drop the default of public.a.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_20)) AS todo \gset
\if :todo
\echo '20/35 make public.a.id an identity column'
ALTER TABLE public.a ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME public.a_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE);
SELECT (:end_20) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '20/35 make public.a.id an identity column: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_21)) AS todo \gset
\if :todo
\echo '21/35 set sequence of public.a.id to its last value'
SELECT setval('public.a_id_seq'::regclass, pg_sequence_last_value(to_regclass('public.schemawarden_seq_0173a53f')));
SELECT (:end_21) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '21/35 set sequence of public.a.id to its last value: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_22)) AS todo \gset
\if :todo
\echo '22/35 drop sequence public.schemawarden_seq_0173a53f'
DROP SEQUENCE public.schemawarden_seq_0173a53f;
SELECT (:end_22) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '22/35 drop sequence public.schemawarden_seq_0173a53f: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 23/35 add a check that public.a.name is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0729db2b' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'name' and not attisdropped and attnotnull))$$ AS end_23 \gset
SELECT NOT ((:end_23)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '23/35 add a check that public.a.name is not NULL'
ALTER TABLE public.a ADD CONSTRAINT schemawarden_not_null_0729db2b CHECK (name IS NOT NULL) NOT VALID;
SELECT (:end_23) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '23/35 add a check that public.a.name is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 24/35 validate that public.a.name is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0729db2b' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'name' and not attisdropped and attnotnull))$$ AS end_24 \gset
SELECT NOT ((:end_24)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '24/35 validate that public.a.name is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.a VALIDATE CONSTRAINT schemawarden_not_null_0729db2b$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0729db2b' and not convalidated) THEN EXECUTE $$ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0729db2b$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0729db2b', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0729db2b', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '24/35 validate that public.a.name is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_24) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '24/35 validate that public.a.name is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 25/35 set public.a.name NOT NULL
-- 26/35 drop the check that public.a.name is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'name' and not attisdropped and attnotnull)$$ AS end_25,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_not_null_0729db2b' and true))$$ AS end_26 \gset
SELECT NOT ((:end_25) AND (:end_26)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_25)) AS todo \gset
\if :todo
\echo '25/35 set public.a.name NOT NULL'
ALTER TABLE public.a ALTER COLUMN name SET NOT NULL;
SELECT (:end_25) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '25/35 set public.a.name NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_26)) AS todo \gset
\if :todo
\echo '26/35 drop the check that public.a.name is not NULL'
ALTER TABLE public.a DROP CONSTRAINT schemawarden_not_null_0729db2b;
SELECT (:end_26) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '26/35 drop the check that public.a.name is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 27/35 build index public.a_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.a_pkey') and indrelid = to_regclass('public.a') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname in ('a_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_27 \gset
SELECT NOT ((:end_27)) AS todo \gset
\if :todo
\echo '27/35 build index public.a_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY a_pkey ON public.a USING btree (id);
SELECT (:end_27) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '27/35 build index public.a_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 28/35 make public.a.a_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_28 \gset
SELECT NOT ((:end_28)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE;
\echo '28/35 make public.a.a_pkey the primary key'
ALTER TABLE public.a ADD CONSTRAINT a_pkey PRIMARY KEY USING INDEX a_pkey;
SELECT (:end_28) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '28/35 make public.a.a_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 29/35 build index public.b_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.b_pkey') and indrelid = to_regclass('public.b') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('b_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_29 \gset
SELECT NOT ((:end_29)) AS todo \gset
\if :todo
\echo '29/35 build index public.b_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY b_pkey ON public.b USING btree (id);
SELECT (:end_29) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '29/35 build index public.b_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 30/35 make public.b.b_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_30 \gset
SELECT NOT ((:end_30)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.b IN ACCESS EXCLUSIVE MODE;
\echo '30/35 make public.b.b_pkey the primary key'
ALTER TABLE public.b ADD CONSTRAINT b_pkey PRIMARY KEY USING INDEX b_pkey;
SELECT (:end_30) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '30/35 make public.b.b_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 31/35 build index public.b_a_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.b_a_id_idx') and indrelid = to_regclass('public.b') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.b_a_id_idx') and indrelid = to_regclass('public.b') and indisvalid))$$ AS end_31 \gset
SELECT NOT ((:end_31)) AS todo \gset
\if :todo
\echo '31/35 build index public.b_a_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY b_a_id_idx ON public.b USING btree (a_id);
SELECT (:end_31) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '31/35 build index public.b_a_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 32/35 add foreign key public.b.b_a_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('b_a_id_fkey') and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_32 \gset
SELECT NOT ((:end_32)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.b IN SHARE ROW EXCLUSIVE MODE;
\echo '32/35 add foreign key public.b.b_a_id_fkey'
ALTER TABLE public.b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES public.a(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_32) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '32/35 add foreign key public.b.b_a_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 33/35 validate public.b.b_a_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname in ('b_a_id_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.a') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_33 \gset
SELECT NOT ((:end_33)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '33/35 validate public.b.b_a_id_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.b VALIDATE CONSTRAINT b_a_id_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_a_id_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.b DROP CONSTRAINT b_a_id_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.b DROP CONSTRAINT b_a_id_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.b DROP CONSTRAINT b_a_id_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '33/35 validate public.b.b_a_id_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_33) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '33/35 validate public.b.b_a_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 34/35 analyze public.a
\if :changed
\echo '34/35 analyze public.a'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.a;
\endif

-- 35/35 analyze public.b
\if :changed
\echo '35/35 analyze public.b'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.b;
\endif
