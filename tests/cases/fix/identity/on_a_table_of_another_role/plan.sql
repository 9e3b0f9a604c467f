-- 42 steps in 17 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- warning: postgres is to carry out the plan as a superuser, and tables in it belong to "sw_case_Wri.ter", whose code could then do what a superuser may: better a fix_url whose role is no superuser and a member of "sw_case_Wri.ter" (sql/roles.sql)

-- 1/42 create sequence public.schemawarden_seq_a2edf4d1
-- 2/42 grant usage on sequence public.schemawarden_seq_a2edf4d1 to PUBLIC
-- 3/42 add column public.t.b
-- 4/42 add a check that public.t.b is not NULL
-- 5/42 set the default of public.t.b
SELECT $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_a2edf4d1') and relkind in ('S')) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attidentity <> ''))$$ AS end_1,
       $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_a2edf4d1') and array['USAGE']::text[] <@ array(select e.privilege_type from aclexplode(coalesce(relacl, acldefault('s', relowner))) e where e.grantor = relowner and e.grantee = 0)) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attidentity <> ''))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and true)$$ AS end_3,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_a2edf4d1' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/42 create sequence public.schemawarden_seq_a2edf4d1'
CREATE SEQUENCE public.schemawarden_seq_a2edf4d1;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/42 create sequence public.schemawarden_seq_a2edf4d1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/42 grant usage on sequence public.schemawarden_seq_a2edf4d1 to PUBLIC'
GRANT USAGE ON SEQUENCE public.schemawarden_seq_a2edf4d1 TO PUBLIC;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/42 grant usage on sequence public.schemawarden_seq_a2edf4d1 to PUBLIC: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/42 add column public.t.b'
ALTER TABLE public.t ADD COLUMN b integer;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/42 add column public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/42 add a check that public.t.b is not NULL'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_not_null_a2edf4d1 CHECK (b IS NOT NULL) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/42 add a check that public.t.b is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/42 set the default of public.t.b'
ALTER TABLE public.t ALTER COLUMN b SET DEFAULT nextval('public.schemawarden_seq_a2edf4d1'::regclass);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/42 set the default of public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/42 fill public.t.b
SELECT $$not exists (select from ONLY public.t where b is null)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/42 fill public.t.b'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.t SET b = nextval('public.schemawarden_seq_a2edf4d1'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND b IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/42 fill public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/42 validate that public.t.b is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_a2edf4d1' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attnotnull))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/42 validate that public.t.b is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT schemawarden_not_null_a2edf4d1$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_a2edf4d1' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_a2edf4d1$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_a2edf4d1', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_a2edf4d1', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '7/42 validate that public.t.b is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/42 validate that public.t.b is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/42 set public.t.b NOT NULL
-- 9/42 drop the check that public.t.b is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attnotnull)$$ AS end_8,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_a2edf4d1' and true))$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/42 set public.t.b NOT NULL'
ALTER TABLE public.t ALTER COLUMN b SET NOT NULL;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/42 set public.t.b NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/42 drop the check that public.t.b is not NULL'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_a2edf4d1;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/42 drop the check that public.t.b is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/42 drop the default of public.t.b
-- 11/42 make public.t.b an identity column
-- 12/42 set sequence of public.t.b to its last value
-- 13/42 drop sequence public.schemawarden_seq_a2edf4d1
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and (not atthasdef or attidentity <> ''))$$ AS end_10,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attidentity <> '')$$ AS end_11,
       $$(pg_sequence_last_value(to_regclass('public.schemawarden_seq_a2edf4d1')) is null or coalesce(pg_sequence_last_value(to_regclass('public.schemawarden_seq_a2edf4d1')) <= pg_sequence_last_value(to_regclass('public.t_b_seq')), false))$$ AS end_12,
       $$not (exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_a2edf4d1') and relkind in ('S')))$$ AS end_13 \gset
SELECT NOT ((:end_10) AND (:end_11) AND (:end_12) AND (:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/42 drop the default of public.t.b'
ALTER TABLE public.t ALTER COLUMN b DROP DEFAULT;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/42 drop the default of public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/42 make public.t.b an identity column'
ALTER TABLE public.t ALTER COLUMN b ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.t_b_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE);
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/42 make public.t.b an identity column: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/42 set sequence of public.t.b to its last value'
SELECT setval('public.t_b_seq'::regclass, pg_sequence_last_value(to_regclass('public.schemawarden_seq_a2edf4d1')));
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/42 set sequence of public.t.b to its last value: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/42 drop sequence public.schemawarden_seq_a2edf4d1'
DROP SEQUENCE public.schemawarden_seq_a2edf4d1;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/42 drop sequence public.schemawarden_seq_a2edf4d1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 14/42 create sequence public.t_c_seq
-- 15/42 add column public.t.c
-- 16/42 add a check that public.t.c is not NULL
-- 17/42 set the default of public.t.c
-- 18/42 set the owner of public.t_c_seq to "sw_case_Wri.ter"
-- 19/42 set sequence public.t_c_seq to OWNED BY public.t.c
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_c_seq') and relkind in ('S'))$$ AS end_14,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and true)$$ AS end_15,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_c2f8805f' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_16,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_17,
       $$exists (select from pg_class where oid = to_regclass('public.t_c_seq') and relowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter'))$$ AS end_18,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.t_c_seq') and d.refobjid = to_regclass('public.t') and a.attname = 'c')$$ AS end_19 \gset
SELECT NOT ((:end_14) AND (:end_15) AND (:end_16) AND (:end_17) AND (:end_18) AND (:end_19)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/42 create sequence public.t_c_seq'
CREATE SEQUENCE public.t_c_seq AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/42 create sequence public.t_c_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/42 add column public.t.c'
ALTER TABLE public.t ADD COLUMN c integer;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/42 add column public.t.c: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
\echo '16/42 add a check that public.t.c is not NULL'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_not_null_c2f8805f CHECK (c IS NOT NULL) NOT VALID;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/42 add a check that public.t.c is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/42 set the default of public.t.c'
ALTER TABLE public.t ALTER COLUMN c SET DEFAULT nextval('public.t_c_seq'::regclass);
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/42 set the default of public.t.c: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
\echo '18/42 set the owner of public.t_c_seq to "sw_case_Wri.ter"'
ALTER SEQUENCE public.t_c_seq OWNER TO "sw_case_Wri.ter";
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/42 set the owner of public.t_c_seq to "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
\echo '19/42 set sequence public.t_c_seq to OWNED BY public.t.c'
ALTER SEQUENCE public.t_c_seq OWNED BY public.t.c;
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/42 set sequence public.t_c_seq to OWNED BY public.t.c: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 20/42 fill public.t.c
SELECT $$not exists (select from ONLY public.t where c is null)$$ AS end_20 \gset
SELECT NOT ((:end_20)) AS todo \gset
\if :todo
\echo '20/42 fill public.t.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.t SET c = nextval('public.t_c_seq'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND c IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_20) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '20/42 fill public.t.c: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 21/42 validate that public.t.c is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_c2f8805f' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and attnotnull))$$ AS end_21 \gset
SELECT NOT ((:end_21)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '21/42 validate that public.t.c is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT schemawarden_not_null_c2f8805f$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_c2f8805f' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_c2f8805f$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_c2f8805f', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_c2f8805f', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '21/42 validate that public.t.c is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_21) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '21/42 validate that public.t.c is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 22/42 set public.t.c NOT NULL
-- 23/42 drop the check that public.t.c is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and attnotnull)$$ AS end_22,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_c2f8805f' and true))$$ AS end_23 \gset
SELECT NOT ((:end_22) AND (:end_23)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_22)) AS todo \gset
\if :todo
\echo '22/42 set public.t.c NOT NULL'
ALTER TABLE public.t ALTER COLUMN c SET NOT NULL;
SELECT (:end_22) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '22/42 set public.t.c NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_23)) AS todo \gset
\if :todo
\echo '23/42 drop the check that public.t.c is not NULL'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_c2f8805f;
SELECT (:end_23) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '23/42 drop the check that public.t.c is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 24/42 create sequence public.t_d_seq
-- 25/42 add column public.t.d
-- 26/42 add a check that public.t.d is not NULL
-- 27/42 set the default of public.t.d
-- 28/42 set the owner of public.t_d_seq to "sw_case_Wri.ter"
-- 29/42 set sequence public.t_d_seq to OWNED BY public.t.d
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_d_seq') and relkind in ('S'))$$ AS end_24,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and true)$$ AS end_25,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_f2041b70' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_26,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_27,
       $$exists (select from pg_class where oid = to_regclass('public.t_d_seq') and relowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter'))$$ AS end_28,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.t_d_seq') and d.refobjid = to_regclass('public.t') and a.attname = 'd')$$ AS end_29 \gset
SELECT NOT ((:end_24) AND (:end_25) AND (:end_26) AND (:end_27) AND (:end_28) AND (:end_29)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_24)) AS todo \gset
\if :todo
\echo '24/42 create sequence public.t_d_seq'
CREATE SEQUENCE public.t_d_seq AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_24) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '24/42 create sequence public.t_d_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_25)) AS todo \gset
\if :todo
\echo '25/42 add column public.t.d'
ALTER TABLE public.t ADD COLUMN d bigint;
SELECT (:end_25) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '25/42 add column public.t.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_26)) AS todo \gset
\if :todo
\echo '26/42 add a check that public.t.d is not NULL'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_not_null_f2041b70 CHECK (d IS NOT NULL) NOT VALID;
SELECT (:end_26) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '26/42 add a check that public.t.d is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_27)) AS todo \gset
\if :todo
\echo '27/42 set the default of public.t.d'
ALTER TABLE public.t ALTER COLUMN d SET DEFAULT nextval('public.t_d_seq'::regclass);
SELECT (:end_27) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '27/42 set the default of public.t.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_28)) AS todo \gset
\if :todo
\echo '28/42 set the owner of public.t_d_seq to "sw_case_Wri.ter"'
ALTER SEQUENCE public.t_d_seq OWNER TO "sw_case_Wri.ter";
SELECT (:end_28) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '28/42 set the owner of public.t_d_seq to "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_29)) AS todo \gset
\if :todo
\echo '29/42 set sequence public.t_d_seq to OWNED BY public.t.d'
ALTER SEQUENCE public.t_d_seq OWNED BY public.t.d;
SELECT (:end_29) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '29/42 set sequence public.t_d_seq to OWNED BY public.t.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 30/42 fill public.t.d
SELECT $$not exists (select from ONLY public.t where d is null)$$ AS end_30 \gset
SELECT NOT ((:end_30)) AS todo \gset
\if :todo
\echo '30/42 fill public.t.d'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$UPDATE ONLY public.t SET d = nextval('public.t_d_seq'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND d IS NULL$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT (:end_30) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '30/42 fill public.t.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 31/42 validate that public.t.d is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_f2041b70' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and attnotnull))$$ AS end_31 \gset
SELECT NOT ((:end_31)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '31/42 validate that public.t.d is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.t VALIDATE CONSTRAINT schemawarden_not_null_f2041b70$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_f2041b70' and not convalidated) THEN EXECUTE $$ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_f2041b70$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_f2041b70', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_f2041b70', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '31/42 validate that public.t.d is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_31) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '31/42 validate that public.t.d is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 32/42 set public.t.d NOT NULL
-- 33/42 drop the check that public.t.d is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and attnotnull)$$ AS end_32,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_not_null_f2041b70' and true))$$ AS end_33 \gset
SELECT NOT ((:end_32) AND (:end_33)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_32)) AS todo \gset
\if :todo
\echo '32/42 set public.t.d NOT NULL'
ALTER TABLE public.t ALTER COLUMN d SET NOT NULL;
SELECT (:end_32) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '32/42 set public.t.d NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_33)) AS todo \gset
\if :todo
\echo '33/42 drop the check that public.t.d is not NULL'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_not_null_f2041b70;
SELECT (:end_33) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '33/42 drop the check that public.t.d is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 34/42 drop identity from public.u.id
-- 35/42 create sequence public.u_id_seq
-- 36/42 set sequence public.u_id_seq to the greatest value of public.u.id
-- 37/42 set the owner of public.u_id_seq to "sw_case_Wri.ter"
-- 38/42 set sequence public.u_id_seq to OWNED BY public.u.id
-- 39/42 set the default of public.u.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.u') and attname = 'id' and not attisdropped and attidentity = '')$$ AS end_34,
       $$exists (select from pg_class where oid = to_regclass('public.u_id_seq') and relkind in ('S')) and exists (select from pg_attribute where attrelid = to_regclass('public.u') and attname = 'id' and not attisdropped and attidentity = '')$$ AS end_35,
       $$((select max(id)::bigint from public.u) is null or coalesce((select max(id)::bigint from public.u) <= pg_sequence_last_value(to_regclass('public.u_id_seq')), false))$$ AS end_36,
       $$exists (select from pg_class where oid = to_regclass('public.u_id_seq') and relowner in (select r.oid from pg_roles r where r.rolname = 'sw_case_Wri.ter'))$$ AS end_37,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.u_id_seq') and d.refobjid = to_regclass('public.u') and a.attname = 'id')$$ AS end_38,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.u') and attname = 'id' and not attisdropped and atthasdef and attidentity = '')$$ AS end_39 \gset
SELECT NOT ((:end_34) AND (:end_35) AND (:end_36) AND (:end_37) AND (:end_38) AND (:end_39)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_34)) AS todo \gset
\if :todo
\echo '34/42 drop identity from public.u.id'
ALTER TABLE public.u ALTER COLUMN id DROP IDENTITY;
SELECT (:end_34) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '34/42 drop identity from public.u.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_35)) AS todo \gset
\if :todo
\echo '35/42 create sequence public.u_id_seq'
CREATE SEQUENCE public.u_id_seq AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE;
SELECT (:end_35) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '35/42 create sequence public.u_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_36)) AS todo \gset
\if :todo
\echo '36/42 set sequence public.u_id_seq to the greatest value of public.u.id'
SELECT setval('public.u_id_seq'::regclass, (select max(id)::bigint from public.u));
SELECT (:end_36) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '36/42 set sequence public.u_id_seq to the greatest value of public.u.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_37)) AS todo \gset
\if :todo
\echo '37/42 set the owner of public.u_id_seq to "sw_case_Wri.ter"'
ALTER SEQUENCE public.u_id_seq OWNER TO "sw_case_Wri.ter";
SELECT (:end_37) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '37/42 set the owner of public.u_id_seq to "sw_case_Wri.ter": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_38)) AS todo \gset
\if :todo
\echo '38/42 set sequence public.u_id_seq to OWNED BY public.u.id'
ALTER SEQUENCE public.u_id_seq OWNED BY public.u.id;
SELECT (:end_38) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '38/42 set sequence public.u_id_seq to OWNED BY public.u.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_39)) AS todo \gset
\if :todo
\echo '39/42 set the default of public.u.id'
ALTER TABLE public.u ALTER COLUMN id SET DEFAULT nextval('public.u_id_seq'::regclass);
SELECT (:end_39) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '39/42 set the default of public.u.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 40/42 build index public.t_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_pkey') and indrelid = to_regclass('public.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['d']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_40 \gset
SELECT NOT ((:end_40)) AS todo \gset
\if :todo
\echo '40/42 build index public.t_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON public.t USING btree (d);
SELECT (:end_40) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '40/42 build index public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 41/42 make public.t.t_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['d']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_41 \gset
SELECT NOT ((:end_41)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '41/42 make public.t.t_pkey the primary key'
ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
SELECT (:end_41) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '41/42 make public.t.t_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 42/42 analyze public.t
\if :changed
\echo '42/42 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
