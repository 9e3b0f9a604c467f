-- 6 steps in 5 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/6 build index public.post_reactions_post_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/6 build index public.post_reactions_post_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY post_reactions_post_idx ON public.post_reactions USING btree (post_id) WHERE (post_id IS NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 build index public.post_reactions_post_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/6 add foreign key public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('schemawarden_fkey_f0a4ac33', 'post_reactions_post_id_fkey') and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN SHARE ROW EXCLUSIVE MODE;
\echo '2/6 add foreign key public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions ADD CONSTRAINT schemawarden_fkey_f0a4ac33 FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 add foreign key public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/6 validate public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('schemawarden_fkey_f0a4ac33', 'post_reactions_post_id_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/6 validate public.post_reactions.post_reactions_post_id_fkey'
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
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '3/6 validate public.post_reactions.post_reactions_post_id_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 validate public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/6 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey
-- 5/6 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and not (contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))))$$ AS end_4,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/6 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions DROP CONSTRAINT post_reactions_post_id_fkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 drop the old foreign key public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/6 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions RENAME CONSTRAINT schemawarden_fkey_f0a4ac33 TO post_reactions_post_id_fkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/6 analyze public.post_reactions
\if :changed
\echo '6/6 analyze public.post_reactions'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post_reactions;
\endif
