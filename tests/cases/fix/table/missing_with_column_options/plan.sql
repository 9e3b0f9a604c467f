-- 9 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 create table public.tags
-- 2/9 create constraint public.tags.tags_pkey
-- 3/9 create index public.tags.tags_lower
-- 4/9 set the statistics target of public.tags_lower
-- 5/9 set n_distinct of public.tags.label
-- 6/9 set statistics of public.tags.words
-- 7/9 set storage of public.tags.words
SELECT $$exists (select from pg_class where oid = to_regclass('public.tags') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.tags') and conname = 'tags_pkey' and true)$$ AS end_2,
       $$exists (select from pg_index where indexrelid = to_regclass('public.tags_lower') and indrelid = to_regclass('public.tags') and true)$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.tags_lower') and attnum = '1' and attstattarget = '300')$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.tags') and attname = 'label' and not attisdropped and 'n_distinct=-0.5' = any (attoptions))$$ AS end_5,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.tags') and attname = 'words' and not attisdropped and attstattarget = 500)$$ AS end_6,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.tags') and attname = 'words' and not attisdropped and attstorage = 'e')$$ AS end_7 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/9 create table public.tags'
CREATE TABLE public.tags (id bigint NOT NULL, label text NOT NULL, words text);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 create table public.tags: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 create constraint public.tags.tags_pkey'
ALTER TABLE public.tags ADD CONSTRAINT tags_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 create constraint public.tags.tags_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 create index public.tags.tags_lower'
CREATE INDEX tags_lower ON public.tags USING btree (lower(label));
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 create index public.tags.tags_lower: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 set the statistics target of public.tags_lower'
ALTER INDEX public.tags_lower ALTER COLUMN 1 SET STATISTICS 300;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 set the statistics target of public.tags_lower: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 set n_distinct of public.tags.label'
ALTER TABLE public.tags ALTER COLUMN label SET (n_distinct = '-0.5');
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 set n_distinct of public.tags.label: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/9 set statistics of public.tags.words'
ALTER TABLE public.tags ALTER COLUMN words SET STATISTICS 500;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 set statistics of public.tags.words: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 set storage of public.tags.words'
ALTER TABLE public.tags ALTER COLUMN words SET STORAGE external;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 set storage of public.tags.words: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 8/9 add column public.posts.body
-- 9/9 set storage of public.posts.body
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.posts') and attname = 'body' and not attisdropped and true)$$ AS end_8,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.posts') and attname = 'body' and not attisdropped and attstorage = 'e')$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/9 add column public.posts.body'
ALTER TABLE public.posts ADD COLUMN body text;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/9 add column public.posts.body: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/9 set storage of public.posts.body'
ALTER TABLE public.posts ALTER COLUMN body SET STORAGE external;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/9 set storage of public.posts.body: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
