-- 16 steps in 8 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/16 create sequence public.schemawarden_seq_83da289a
-- 2/16 grant usage on sequence public.schemawarden_seq_83da289a to PUBLIC
-- 3/16 add column public.t.id
-- 4/16 add a check that public.t.id is not NULL
-- 5/16 set the default of public.t.id
SELECT $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_83da289a') and relkind in ('S')) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity <> ''))$$ AS end_1,
       $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_83da289a') and array['USAGE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('s', relowner))) e where e.grantor = relowner and e.grantee = 0)) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity <> ''))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and true)$$ AS end_3,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_83da289a' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/16 create sequence public.schemawarden_seq_83da289a'
CREATE SEQUENCE public.schemawarden_seq_83da289a;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/16 create sequence public.schemawarden_seq_83da289a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/16 grant usage on sequence public.schemawarden_seq_83da289a to PUBLIC'
GRANT USAGE ON SEQUENCE public.schemawarden_seq_83da289a TO PUBLIC;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/16 grant usage on sequence public.schemawarden_seq_83da289a to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/16 add column public.t.id'
ALTER TABLE public.t ADD COLUMN id bigint;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/16 add column public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/16 add a check that public.t.id is not NULL'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_not_null_83da289a CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/16 add a check that public.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/16 set the default of public.t.id'
ALTER TABLE public.t ALTER COLUMN id SET DEFAULT nextval('public.schemawarden_seq_83da289a'::regclass);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/16 set the default of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/16 fill public.t.id
SELECT $$not exists (select from ONLY public.t where id is null)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/16 fill public.t.id'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.t SET id = nextval('public.schemawarden_seq_83da289a'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND id IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/16 fill public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/16 validate that public.t.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_83da289a' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/16 validate that public.t.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT schemawarden_not_null_83da289a$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_83da289a' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_83da289a$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_83da289a', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_83da289a', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '7/16 validate that public.t.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/16 validate that public.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/16 set public.t.id NOT NULL
-- 9/16 drop the check that public.t.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_8,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_83da289a' and true))$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/16 set public.t.id NOT NULL'
ALTER TABLE public.t ALTER COLUMN id SET NOT NULL;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/16 set public.t.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/16 drop the check that public.t.id is not NULL'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_83da289a;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/16 drop the check that public.t.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/16 drop the default of public.t.id
-- 11/16 make public.t.id an identity column
-- 12/16 set sequence of public.t.id to its last value
-- 13/16 drop sequence public.schemawarden_seq_83da289a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and (not atthasdef or attidentity <> ''))$$ AS end_10,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity <> '')$$ AS end_11,
       $$(pg_sequence_last_value(to_regclass('public.schemawarden_seq_83da289a')) is null or coalesce(pg_sequence_last_value(to_regclass('public.schemawarden_seq_83da289a')) <= pg_sequence_last_value(to_regclass('public.t_id_seq')), false))$$ AS end_12,
       $$not (exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_83da289a') and relkind in ('S')))$$ AS end_13 \gset
SELECT NOT ((:end_10) AND (:end_11) AND (:end_12) AND (:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/16 drop the default of public.t.id'
ALTER TABLE public.t ALTER COLUMN id DROP DEFAULT;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/16 drop the default of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/16 make public.t.id an identity column'
ALTER TABLE public.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.t_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE);
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/16 make public.t.id an identity column: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/16 set sequence of public.t.id to its last value'
SELECT setval('public.t_id_seq'::regclass, pg_sequence_last_value(to_regclass('public.schemawarden_seq_83da289a')));
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/16 set sequence of public.t.id to its last value: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/16 drop sequence public.schemawarden_seq_83da289a'
DROP SEQUENCE public.schemawarden_seq_83da289a;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/16 drop sequence public.schemawarden_seq_83da289a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 14/16 build index public.t_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_pkey') and indrelid = to_regclass('public.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/16 build index public.t_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON public.t USING btree (id);
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/16 build index public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 15/16 make public.t.t_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '15/16 make public.t.t_pkey the primary key'
ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/16 make public.t.t_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/16 analyze public.t
\if :changed
\echo '16/16 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
