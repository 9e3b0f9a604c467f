-- Plan 207f11d7d7c4fc98 for community, as a script for psql (11 or newer).
--
--     psql -X -v ON_ERROR_STOP=1 -d DATABASE -f THIS_FILE
--
-- Each step looks first and does only what is left to do, so the script can be run at any time and as often as you
-- like. It exits with 0 when everything holds. It stops at the first error (exit 3), such as a lock that was not to be
-- had in time: what was committed stays; run it again. Never with --single-transaction. :end_1 is what holds after
-- step 1.
--
-- 20 steps in 19 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- Values that are overwritten are first written to files in the current folder: keep these.

\set ON_ERROR_STOP on
\set AUTOCOMMIT on
\set QUIET on
\encoding UTF8
SET default_transaction_isolation = 'read committed';
SET check_function_bodies = off;
SET row_security = off;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = 'pg_catalog';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
\set changed off
SELECT pg_try_advisory_lock(1937196632, 1) AS alone \gset
\if :alone
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = 'another fix of this database is under way', HINT = 'See who it is: SELECT a.* FROM pg_stat_activity a JOIN pg_locks USING (pid) WHERE locktype = ''advisory'''; END$$;
\endif

-- 1/20 replace function public.refuse_reaction_change()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'refuse_reaction_change' and oidvectortypes(proargtypes) = '' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.refuse_reaction_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION ''reactions are permanent: % refused'', TG_OP;
END
$function$
')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/20 replace function public.refuse_reaction_change()'
CREATE OR REPLACE FUNCTION public.refuse_reaction_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.post_id IS NULL
        AND to_jsonb(NEW) - 'post_id' = to_jsonb(OLD) - 'post_id'
        AND NOT EXISTS (SELECT FROM public.posts WHERE posts.id = OLD.post_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'reactions are permanent: % refused', TG_OP;
END
$function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/20 replace function public.refuse_reaction_change(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/20 add column public.credit_txns.idempotency_key
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.credit_txns') and attname = 'idempotency_key' and not attisdropped and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/20 add column public.credit_txns.idempotency_key'
ALTER TABLE public.credit_txns ADD COLUMN idempotency_key text;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/20 add column public.credit_txns.idempotency_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/20 add column public.posts.is_deleted
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.posts') and attname = 'is_deleted' and not attisdropped and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/20 add column public.posts.is_deleted'
ALTER TABLE public.posts ADD COLUMN is_deleted boolean NOT NULL DEFAULT false;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/20 add column public.posts.is_deleted: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/20 add column public.posts.is_hidden
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.posts') and attname = 'is_hidden' and not attisdropped and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/20 add column public.posts.is_hidden'
ALTER TABLE public.posts ADD COLUMN is_hidden boolean NOT NULL DEFAULT false;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/20 add column public.posts.is_hidden: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/20 add column public.posts.moderation_status
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.posts') and attname = 'moderation_status' and not attisdropped and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/20 add column public.posts.moderation_status'
ALTER TABLE public.posts ADD COLUMN moderation_status text NOT NULL DEFAULT 'approved'::text;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/20 add column public.posts.moderation_status: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/20 add column public.scores.duration_sec
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.scores') and attname = 'duration_sec' and not attisdropped and true)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/20 add column public.scores.duration_sec'
ALTER TABLE public.scores ADD COLUMN duration_sec integer;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/20 add column public.scores.duration_sec: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/20 add column public.users.boost_penalty_until
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'boost_penalty_until' and not attisdropped and true)$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/20 add column public.users.boost_penalty_until'
ALTER TABLE public.users ADD COLUMN boost_penalty_until timestamp with time zone;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/20 add column public.users.boost_penalty_until: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/20 add column public.users.challenge_penalty_until
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'challenge_penalty_until' and not attisdropped and true)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/20 add column public.users.challenge_penalty_until'
ALTER TABLE public.users ADD COLUMN challenge_penalty_until timestamp with time zone;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/20 add column public.users.challenge_penalty_until: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/20 drop NOT NULL from public.post_reactions.post_id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.post_reactions') and attname = 'post_id' and not attisdropped and not attnotnull)$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '9/20 drop NOT NULL from public.post_reactions.post_id'
ALTER TABLE public.post_reactions ALTER COLUMN post_id DROP NOT NULL;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/20 drop NOT NULL from public.post_reactions.post_id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/20 build index public.post_reactions_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_pkey') and indrelid = to_regclass('public.post_reactions') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('post_reactions_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/20 build index public.post_reactions_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY post_reactions_pkey ON public.post_reactions USING btree (id);
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/20 build index public.post_reactions_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/20 make public.post_reactions.post_reactions_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
\echo '11/20 make public.post_reactions.post_reactions_pkey the primary key'
ALTER TABLE public.post_reactions ADD CONSTRAINT post_reactions_pkey PRIMARY KEY USING INDEX post_reactions_pkey;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/20 make public.post_reactions.post_reactions_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/20 build index public.credit_txns_idempotency_key_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.credit_txns_idempotency_key_idx') and indrelid = to_regclass('public.credit_txns') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.credit_txns_idempotency_key_idx') and indrelid = to_regclass('public.credit_txns') and indisvalid))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/20 build index public.credit_txns_idempotency_key_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY credit_txns_idempotency_key_idx ON public.credit_txns USING btree (idempotency_key) WHERE (idempotency_key IS NOT NULL);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/20 build index public.credit_txns_idempotency_key_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/20 build index public.post_reactions_post_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/20 build index public.post_reactions_post_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY post_reactions_post_idx ON public.post_reactions USING btree (post_id) WHERE (post_id IS NOT NULL);
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/20 build index public.post_reactions_post_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 14/20 set dangling public.post_reactions (post_id) to NULL
SELECT $$not exists (select from ONLY public.post_reactions c where c.post_id is not null and not exists (select from ONLY public.posts p where p.id = c.post_id))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/20 set dangling public.post_reactions (post_id) to NULL'
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
SELECT 'schemawarden-207f11d7d7c4fc98-public_post_reactions-' || to_char(clock_timestamp(), 'YYYYMMDD-HH24MISS-US') || '.csv' AS kept_in \gset
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
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/20 set dangling public.post_reactions (post_id) to NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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

-- 19/20 analyze public.credit_txns
\if :changed
\echo '19/20 analyze public.credit_txns'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.credit_txns;
\endif

-- 20/20 analyze public.post_reactions
\if :changed
\echo '20/20 analyze public.post_reactions'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post_reactions;
\endif

SELECT pg_advisory_unlock(1937196632, 1) AS alone \gset
