-- 7 steps in 7 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.author.author_key: constraint public.author.author_key (20 rows, 8192 bytes)

-- 1/7 build index public.author_id_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.author_id_key') and indrelid = to_regclass('public.author') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname in ('author_id_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 build index public.author_id_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY author_id_key ON public.author USING btree (id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 build index public.author_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/7 make public.author.author_id_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname = 'author_id_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.author IN ACCESS EXCLUSIVE MODE;
\echo '2/7 make public.author.author_id_key the unique constraint'
ALTER TABLE public.author ADD CONSTRAINT author_id_key UNIQUE USING INDEX author_id_key;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 make public.author.author_id_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/7 drop constraint public.author.author_key
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname = 'author_key' and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.author IN ACCESS EXCLUSIVE MODE;
\echo '3/7 drop constraint public.author.author_key'
ALTER TABLE public.author DROP CONSTRAINT author_key;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 drop constraint public.author.author_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/7 add foreign key public.post.post_author_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post') and conname in ('post_author_id_fkey') and contype = 'f' and confrelid = to_regclass('public.author') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['author_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.author IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.post IN SHARE ROW EXCLUSIVE MODE;
\echo '4/7 add foreign key public.post.post_author_id_fkey'
ALTER TABLE public.post ADD CONSTRAINT post_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.author(id) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 add foreign key public.post.post_author_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/7 validate public.post.post_author_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post') and conname in ('post_author_id_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.author') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['author_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '5/7 validate public.post.post_author_id_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.post VALIDATE CONSTRAINT post_author_id_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.post') and conname = 'post_author_id_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.post DROP CONSTRAINT post_author_id_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.post DROP CONSTRAINT post_author_id_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.post DROP CONSTRAINT post_author_id_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '5/7 validate public.post.post_author_id_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 validate public.post.post_author_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/7 analyze public.author
\if :changed
\echo '6/7 analyze public.author'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.author;
\endif

-- 7/7 analyze public.post
\if :changed
\echo '7/7 analyze public.post'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post;
\endif
