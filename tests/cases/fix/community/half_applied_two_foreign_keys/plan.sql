-- 8 steps in 8 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/8 build index public.post_reactions_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_pkey') and indrelid = to_regclass('public.post_reactions') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('post_reactions_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/8 build index public.post_reactions_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY post_reactions_pkey ON public.post_reactions USING btree (id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 build index public.post_reactions_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/8 make public.post_reactions.post_reactions_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
\echo '2/8 make public.post_reactions.post_reactions_pkey the primary key'
ALTER TABLE public.post_reactions ADD CONSTRAINT post_reactions_pkey PRIMARY KEY USING INDEX post_reactions_pkey;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 make public.post_reactions.post_reactions_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/8 build index public.post_reactions_post_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.post_reactions_post_idx') and indrelid = to_regclass('public.post_reactions') and indisvalid))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 build index public.post_reactions_post_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY post_reactions_post_idx ON public.post_reactions USING btree (post_id) WHERE (post_id IS NOT NULL);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 build index public.post_reactions_post_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/8 rename public.post_reactions.post_reactions_post_id_fkey_new to schemawarden_name_5d0561a2
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'schemawarden_name_5d0561a2' and true) or exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D')))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/8 rename public.post_reactions.post_reactions_post_id_fkey_new to schemawarden_name_5d0561a2'
ALTER TABLE public.post_reactions RENAME CONSTRAINT post_reactions_post_id_fkey_new TO schemawarden_name_5d0561a2;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 rename public.post_reactions.post_reactions_post_id_fkey_new to schemawarden_name_5d0561a2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/8 drop constraint public.post_reactions.post_reactions_post_id_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'c' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D')))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.posts IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.post_reactions IN ACCESS EXCLUSIVE MODE;
\echo '5/8 drop constraint public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions DROP CONSTRAINT post_reactions_post_id_fkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 drop constraint public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/8 rename public.post_reactions.schemawarden_name_5d0561a2 to post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname = 'post_reactions_post_id_fkey' and contype = 'f' and confrelid = to_regclass('public.posts') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['post_id']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/8 rename public.post_reactions.schemawarden_name_5d0561a2 to post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions RENAME CONSTRAINT schemawarden_name_5d0561a2 TO post_reactions_post_id_fkey;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 rename public.post_reactions.schemawarden_name_5d0561a2 to post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/8 validate public.post_reactions.post_reactions_post_id_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.post_reactions') and conname in ('post_reactions_post_id_fkey') and convalidated and true)$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/8 validate public.post_reactions.post_reactions_post_id_fkey'
ALTER TABLE public.post_reactions VALIDATE CONSTRAINT post_reactions_post_id_fkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/8 validate public.post_reactions.post_reactions_post_id_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/8 analyze public.post_reactions
\if :changed
\echo '8/8 analyze public.post_reactions'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.post_reactions;
\endif
