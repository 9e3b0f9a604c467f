-- 12 steps in 8 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.author.author_key: constraint public.author.author_key (20 rows, 16 kB)

-- 1/12 build index public.author_id_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.author_id_key') and indrelid = to_regclass('public.author') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname in ('author_id_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/12 build index public.author_id_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY author_id_key ON public.author USING btree (id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 build index public.author_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/12 make public.author.author_id_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname = 'author_id_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.author IN ACCESS EXCLUSIVE MODE;
\echo '2/12 make public.author.author_id_key the unique constraint'
ALTER TABLE public.author ADD CONSTRAINT author_id_key UNIQUE USING INDEX author_id_key;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 make public.author.author_id_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/12 drop foreign key public.draft.draft_author_id_fkey, which depends on the old key
-- 4/12 drop foreign key public.post.post_author_id_fkey, which depends on the old key
-- 5/12 drop constraint public.author.author_key
-- 6/12 add foreign key public.draft.draft_author_id_fkey again
-- 7/12 add foreign key public.post.post_author_id_fkey again
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.draft') and conname = 'draft_author_id_fkey' and conindid = (select old.conindid from pg_constraint old where old.conrelid = to_regclass('public.author') and old.conname = 'author_key'))) or not (exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname = 'author_key' and true)))$$ AS end_3,
       $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.post') and conname = 'post_author_id_fkey' and conindid = (select old.conindid from pg_constraint old where old.conrelid = to_regclass('public.author') and old.conname = 'author_key'))) or not (exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname = 'author_key' and true)))$$ AS end_4,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.author') and conname = 'author_key' and true))$$ AS end_5,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.draft') and conname = 'draft_author_id_fkey' and contype = 'f' and confrelid = to_regclass('public.author') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['author_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_6,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.post') and conname = 'post_author_id_fkey' and contype = 'f' and confrelid = to_regclass('public.author') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['author_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'c' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_7 \gset
SELECT NOT ((:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.author IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.draft IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.post IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/12 drop foreign key public.draft.draft_author_id_fkey, which depends on the old key'
ALTER TABLE public.draft DROP CONSTRAINT draft_author_id_fkey;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 drop foreign key public.draft.draft_author_id_fkey, which depends on the old key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/12 drop foreign key public.post.post_author_id_fkey, which depends on the old key'
ALTER TABLE public.post DROP CONSTRAINT post_author_id_fkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 drop foreign key public.post.post_author_id_fkey, which depends on the old key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 drop constraint public.author.author_key'
ALTER TABLE public.author DROP CONSTRAINT author_key;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 drop constraint public.author.author_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/12 add foreign key public.draft.draft_author_id_fkey again'
ALTER TABLE public.draft ADD CONSTRAINT draft_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.author(id) DEFERRABLE NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 add foreign key public.draft.draft_author_id_fkey again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/12 add foreign key public.post.post_author_id_fkey again'
ALTER TABLE public.post ADD CONSTRAINT post_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.author(id) ON DELETE CASCADE NOT VALID;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 add foreign key public.post.post_author_id_fkey again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 8/12 validate public.draft.draft_author_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.draft') and conname in ('draft_author_id_fkey') and convalidated and true)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/12 validate public.draft.draft_author_id_fkey'
ALTER TABLE public.draft VALIDATE CONSTRAINT draft_author_id_fkey;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 validate public.draft.draft_author_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/12 validate public.post.post_author_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post') and conname in ('post_author_id_fkey') and convalidated and true)$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '9/12 validate public.post.post_author_id_fkey'
ALTER TABLE public.post VALIDATE CONSTRAINT post_author_id_fkey;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 validate public.post.post_author_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/12 analyze public.author
\if :changed
\echo '10/12 analyze public.author'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.author;
\endif

-- 11/12 analyze public.draft
\if :changed
\echo '11/12 analyze public.draft'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.draft;
\endif

-- 12/12 analyze public.post
\if :changed
\echo '12/12 analyze public.post'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post;
\endif
