-- 11 steps in 10 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- Values that are overwritten are first written to files in the current folder: keep these.

-- 1/11 replace function public.refuse_reaction_change()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'refuse_reaction_change' and oidvectortypes(proargtypes) = '' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.refuse_reaction_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception ''reactions are permanent: % refused'', tg_op;
end
$function$
')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/11 replace function public.refuse_reaction_change()'
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/11 replace function public.refuse_reaction_change(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/11 drop NOT NULL from public.post_reactions.post_id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'post_id' and not attisdropped and not attnotnull)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/11 drop NOT NULL from public.post_reactions.post_id'
ALTER TABLE public.post_reactions ALTER COLUMN post_id DROP NOT NULL;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/11 drop NOT NULL from public.post_reactions.post_id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/11 build index public.post_reactions_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_pkey') and indrelid = to_regclass('public.post_reactions') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('post_reactions_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/11 build index public.post_reactions_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY post_reactions_pkey ON public.post_reactions USING btree (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/11 build index public.post_reactions_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/11 make public.post_reactions.post_reactions_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
\echo '4/11 make public.post_reactions.post_reactions_pkey the primary key'
ALTER TABLE public.post_reactions ADD CONSTRAINT post_reactions_pkey PRIMARY KEY USING INDEX post_reactions_pkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/11 make public.post_reactions.post_reactions_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/11 build index public.post_reactions_post_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/11 build index public.post_reactions_post_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY post_reactions_post_idx ON public.post_reactions USING btree (post_id) WHERE (post_id IS NOT NULL);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/11 build index public.post_reactions_post_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/11 set dangling public.post_reactions (post_id) to NULL
SELECT $$not exists (select from ONLY public.post_reactions c where c.post_id is not null and not exists (select from ONLY public.posts p where p.id = c.post_id))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/11 set dangling public.post_reactions (post_id) to NULL'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
CREATE TEMPORARY TABLE schemawarden_kept (place text, was text);
DO $sql$DECLARE
  last bigint := pg_relation_size('public.post_reactions') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$INSERT INTO pg_temp.schemawarden_kept
select c.ctid::text, jsonb_build_object('key', jsonb_build_object('id', c.id), 'old', jsonb_build_object('post_id', c.post_id))::text from ONLY public.post_reactions c where c.ctid >= $1::tid and c.ctid < $2::tid and c.post_id is not null and not exists (select from ONLY public.posts p where p.id = c.post_id) for update of c$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT 'schemawarden-<id>-public_post_reactions-' || to_char(clock_timestamp(), 'YYYYMMDD-HH24MISS-US') || '.csv' AS kept_in \gset
\echo '    the old values are kept in' :kept_in
\setenv SCHEMAWARDEN_KEPT :kept_in
\! umask 077; set -C; : > "$SCHEMAWARDEN_KEPT"
COPY pg_temp.schemawarden_kept TO STDOUT (FORMAT csv, HEADER) \g :kept_in
DO $sql$DECLARE
  last bigint := pg_relation_size('public.post_reactions') / current_setting('block_size')::bigint;
  rows tid[];
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$SELECT array_agg(now.place::tid) FROM (
select c.ctid::text, jsonb_build_object('key', jsonb_build_object('id', c.id), 'old', jsonb_build_object('post_id', c.post_id))::text from ONLY public.post_reactions c where c.ctid >= $1::tid and c.ctid < $2::tid and c.post_id is not null and not exists (select from ONLY public.posts p where p.id = c.post_id) for update of c
) now (place, was) JOIN pg_temp.schemawarden_kept USING (place, was)$$ INTO rows USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.post_reactions SET post_id = NULL WHERE ctid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.tid[])$$ USING rows;
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
DROP TABLE pg_temp.schemawarden_kept;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/11 set dangling public.post_reactions (post_id) to NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/11 add foreign key public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('schemawarden_fkey_f0a4ac33', 'post_reactions_post_id_fkey') and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN SHARE ROW EXCLUSIVE MODE;
\echo '7/11 add foreign key public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions ADD CONSTRAINT schemawarden_fkey_f0a4ac33 FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/11 add foreign key public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/11 validate public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('schemawarden_fkey_f0a4ac33', 'post_reactions_post_id_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/11 validate public.post_reactions.post_reactions_post_id_fkey'
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
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '8/11 validate public.post_reactions.post_reactions_post_id_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/11 validate public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/11 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey
-- 10/11 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and not (contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_9,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_10 \gset
SELECT NOT ((:end_9) AND (:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/11 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions DROP CONSTRAINT post_reactions_post_id_fkey;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/11 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/11 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions RENAME CONSTRAINT schemawarden_fkey_f0a4ac33 TO post_reactions_post_id_fkey;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/11 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 11/11 analyze public.post_reactions
\if :changed
\echo '11/11 analyze public.post_reactions'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post_reactions;
\endif
