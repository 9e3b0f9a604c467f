-- 10 steps in 10 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- warning: constraint public.t.t_pkey of a partitioned table is dropped before its successor is built: until that is there, duplicates are not refused, and where rows refuse it, the old one is not put back: correct the rows and plan again, or drop the new one and run ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (at, id)

-- 1/10 drop the old constraint public.t.t_pkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and not (contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['at', 'kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and true and indnatts = 3))))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/10 drop the old constraint public.t.t_pkey'
ALTER TABLE public.t DROP CONSTRAINT t_pkey;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/10 drop the old constraint public.t.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/10 add public.t.t_pkey without its partitions
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/10 add public.t.t_pkey without its partitions'
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (at, kind, id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/10 add public.t.t_pkey without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/10 build index public.t_new_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_new_pkey') and indrelid = to_regclass('public.t_new') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t_new') and conname in ('t_new_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['at', 'kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 3))))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/10 build index public.t_new_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_new_pkey ON public.t_new USING btree (at, kind, id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/10 build index public.t_new_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/10 make public.t_new.t_new_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_new') and conname = 't_new_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['at', 'kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 3))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/10 make public.t_new.t_new_pkey the primary key'
ALTER TABLE public.t_new ADD CONSTRAINT t_new_pkey PRIMARY KEY USING INDEX t_new_pkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/10 make public.t_new.t_new_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/10 attach index public.t_new_pkey to public.t_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_new_pkey') and inhparent = to_regclass('public.t_pkey'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/10 attach index public.t_new_pkey to public.t_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_pkey ATTACH PARTITION public.t_new_pkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/10 attach index public.t_new_pkey to public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/10 build index public.t_old_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_old_pkey') and indrelid = to_regclass('public.t_old') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t_old') and conname in ('t_old_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['at', 'kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 3))))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/10 build index public.t_old_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_old_pkey ON public.t_old USING btree (at, kind, id);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/10 build index public.t_old_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/10 make public.t_old.t_old_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_old') and conname = 't_old_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['at', 'kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 3))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/10 make public.t_old.t_old_pkey the primary key'
ALTER TABLE public.t_old ADD CONSTRAINT t_old_pkey PRIMARY KEY USING INDEX t_old_pkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/10 make public.t_old.t_old_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/10 attach index public.t_old_pkey to public.t_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_old_pkey') and inhparent = to_regclass('public.t_pkey'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/10 attach index public.t_old_pkey to public.t_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_pkey ATTACH PARTITION public.t_old_pkey;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/10 attach index public.t_old_pkey to public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/10 analyze public.t_new
\if :changed
\echo '9/10 analyze public.t_new'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_new;
\endif

-- 10/10 analyze public.t_old
\if :changed
\echo '10/10 analyze public.t_old'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_old;
\endif
