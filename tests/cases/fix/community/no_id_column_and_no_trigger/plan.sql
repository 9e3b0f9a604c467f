-- 20 steps in 14 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/20 create function public.refuse_reaction_change()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'refuse_reaction_change' and oidvectortypes(proargtypes) = '' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/20 create function public.refuse_reaction_change()'
CREATE OR REPLACE FUNCTION public.refuse_reaction_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'UPDATE' and new.post_id is null
        and to_jsonb(new) - 'post_id' = to_jsonb(old) - 'post_id'
        and not exists (select from public.posts where posts.id = old.post_id)
    then
        return new;
    end if;
    raise exception 'reactions are permanent: % refused', tg_op;
end
$function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/20 create function public.refuse_reaction_change(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/20 create sequence public.post_reactions_id_seq
-- 3/20 add column public.post_reactions.id
-- 4/20 add a check that public.post_reactions.id is not NULL
-- 5/20 set the default of public.post_reactions.id
-- 6/20 set sequence public.post_reactions_id_seq to OWNED BY public.post_reactions.id
SELECT $$exists (select from pg_class where oid = to_regclass('public.post_reactions_id_seq') and relkind in ('S'))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'id' and not attisdropped and true)$$ AS end_3,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'schemawarden_not_null_355d7f1e' and true) or exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> '')))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'id' and not attisdropped and (atthasdef or attidentity <> ''))$$ AS end_5,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.post_reactions_id_seq') and d.refobjid = to_regclass('public.post_reactions') and a.attname = 'id')$$ AS end_6 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/20 create sequence public.post_reactions_id_seq'
CREATE SEQUENCE public.post_reactions_id_seq AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/20 create sequence public.post_reactions_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/20 add column public.post_reactions.id'
ALTER TABLE public.post_reactions ADD COLUMN id bigint;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/20 add column public.post_reactions.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/20 add a check that public.post_reactions.id is not NULL'
ALTER TABLE public.post_reactions ADD CONSTRAINT schemawarden_not_null_355d7f1e CHECK (id IS NOT NULL) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/20 add a check that public.post_reactions.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/20 set the default of public.post_reactions.id'
ALTER TABLE public.post_reactions ALTER COLUMN id SET DEFAULT nextval('public.post_reactions_id_seq'::regclass);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/20 set the default of public.post_reactions.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/20 set sequence public.post_reactions_id_seq to OWNED BY public.post_reactions.id'
ALTER SEQUENCE public.post_reactions_id_seq OWNED BY public.post_reactions.id;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/20 set sequence public.post_reactions_id_seq to OWNED BY public.post_reactions.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/20 fill public.post_reactions.id
SELECT $$not exists (select from ONLY public.post_reactions where id is null)$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/20 fill public.post_reactions.id'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.post_reactions') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.post_reactions SET id = nextval('public.post_reactions_id_seq'::regclass) WHERE ctid >= $1::tid AND ctid < $2::tid AND id IS NULL$$ USING first, behind;
    COMMIT;
  END LOOP;
END$sql$;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/20 fill public.post_reactions.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/20 validate that public.post_reactions.id is not NULL
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'schemawarden_not_null_355d7f1e' and convalidated) or exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'id' and not attisdropped and attnotnull))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/20 validate that public.post_reactions.id is not NULL'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.post_reactions VALIDATE CONSTRAINT schemawarden_not_null_355d7f1e$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'schemawarden_not_null_355d7f1e' and not convalidated) THEN EXECUTE $$ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_not_null_355d7f1e$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_not_null_355d7f1e', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_not_null_355d7f1e', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '8/20 validate that public.post_reactions.id is not NULL: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/20 validate that public.post_reactions.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/20 set public.post_reactions.id NOT NULL
-- 10/20 drop the check that public.post_reactions.id is not NULL
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'id' and not attisdropped and attnotnull)$$ AS end_9,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'schemawarden_not_null_355d7f1e' and true))$$ AS end_10 \gset
SELECT NOT ((:end_9) AND (:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/20 set public.post_reactions.id NOT NULL'
ALTER TABLE public.post_reactions ALTER COLUMN id SET NOT NULL;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/20 set public.post_reactions.id NOT NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/20 drop the check that public.post_reactions.id is not NULL'
ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_not_null_355d7f1e;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/20 drop the check that public.post_reactions.id is not NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 11/20 drop NOT NULL from public.post_reactions.post_id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'post_id' and not attisdropped and not attnotnull)$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '11/20 drop NOT NULL from public.post_reactions.post_id'
ALTER TABLE public.post_reactions ALTER COLUMN post_id DROP NOT NULL;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/20 drop NOT NULL from public.post_reactions.post_id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/20 build index public.post_reactions_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_pkey') and indrelid = to_regclass('public.post_reactions') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('post_reactions_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/20 build index public.post_reactions_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY post_reactions_pkey ON public.post_reactions USING btree (id);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/20 build index public.post_reactions_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/20 make public.post_reactions.post_reactions_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
\echo '13/20 make public.post_reactions.post_reactions_pkey the primary key'
ALTER TABLE public.post_reactions ADD CONSTRAINT post_reactions_pkey PRIMARY KEY USING INDEX post_reactions_pkey;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/20 make public.post_reactions.post_reactions_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/20 build index public.post_reactions_post_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/20 build index public.post_reactions_post_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY post_reactions_post_idx ON public.post_reactions USING btree (post_id) WHERE (post_id IS NOT NULL);
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/20 build index public.post_reactions_post_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 15/20 add foreign key public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('schemawarden_fkey_f0a4ac33', 'post_reactions_post_id_fkey') and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN SHARE ROW EXCLUSIVE MODE;
\echo '15/20 add foreign key public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions ADD CONSTRAINT schemawarden_fkey_f0a4ac33 FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/20 add foreign key public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/20 validate public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('schemawarden_fkey_f0a4ac33', 'post_reactions_post_id_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '16/20 validate public.post_reactions.post_reactions_post_id_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.post_reactions VALIDATE CONSTRAINT schemawarden_fkey_f0a4ac33$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'schemawarden_fkey_f0a4ac33' and not convalidated) THEN EXECUTE $$ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_fkey_f0a4ac33$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_fkey_f0a4ac33', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_fkey_f0a4ac33', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '16/20 validate public.post_reactions.post_reactions_post_id_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/20 validate public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/20 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey
-- 18/20 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and not (contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_17,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_18 \gset
SELECT NOT ((:end_17) AND (:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/20 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions DROP CONSTRAINT post_reactions_post_id_fkey;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/20 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
\echo '18/20 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions RENAME CONSTRAINT schemawarden_fkey_f0a4ac33 TO post_reactions_post_id_fkey;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/20 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 19/20 create trigger public.post_reactions.reactions_are_permanent
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.post_reactions') and tgname = 'reactions_are_permanent' and not tgisinternal and true)$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '19/20 create trigger public.post_reactions.reactions_are_permanent'
CREATE TRIGGER reactions_are_permanent BEFORE DELETE OR UPDATE ON public.post_reactions FOR EACH ROW EXECUTE FUNCTION public.refuse_reaction_change();
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/20 create trigger public.post_reactions.reactions_are_permanent: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 20/20 analyze public.post_reactions
\if :changed
\echo '20/20 analyze public.post_reactions'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post_reactions;
\endif
