-- 9 steps in 9 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 add public.t.t_pkey without its partitions
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/9 add public.t.t_pkey without its partitions'
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id, at);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 add public.t.t_pkey without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/9 build index public.t_new_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_new_pkey') and indrelid = to_regclass('public.t_new') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t_new') and conname in ('t_new_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'at']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 build index public.t_new_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_new_pkey ON public.t_new USING btree (id, at);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 build index public.t_new_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/9 make public.t_new.t_new_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_new') and conname = 't_new_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'at']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/9 make public.t_new.t_new_pkey the primary key'
ALTER TABLE public.t_new ADD CONSTRAINT t_new_pkey PRIMARY KEY USING INDEX t_new_pkey;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 make public.t_new.t_new_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/9 attach index public.t_new_pkey to public.t_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_new_pkey') and inhparent = to_regclass('public.t_pkey'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 attach index public.t_new_pkey to public.t_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_pkey ATTACH PARTITION public.t_new_pkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 attach index public.t_new_pkey to public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/9 build index public.t_old_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_old_pkey') and indrelid = to_regclass('public.t_old') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t_old') and conname in ('t_old_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'at']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 build index public.t_old_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_old_pkey ON public.t_old USING btree (id, at);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 build index public.t_old_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/9 make public.t_old.t_old_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_old') and conname = 't_old_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'at']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/9 make public.t_old.t_old_pkey the primary key'
ALTER TABLE public.t_old ADD CONSTRAINT t_old_pkey PRIMARY KEY USING INDEX t_old_pkey;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 make public.t_old.t_old_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/9 attach index public.t_old_pkey to public.t_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_old_pkey') and inhparent = to_regclass('public.t_pkey'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 attach index public.t_old_pkey to public.t_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_pkey ATTACH PARTITION public.t_old_pkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 attach index public.t_old_pkey to public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/9 analyze public.t_new
\if :changed
\echo '8/9 analyze public.t_new'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_new;
\endif

-- 9/9 analyze public.t_old
\if :changed
\echo '9/9 analyze public.t_old'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_old;
\endif
