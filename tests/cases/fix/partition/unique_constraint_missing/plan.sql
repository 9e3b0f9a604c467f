-- 9 steps in 9 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 add public.t.t_kind_id_key without its partitions
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_kind_id_key' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/9 add public.t.t_kind_id_key without its partitions'
ALTER TABLE ONLY public.t ADD CONSTRAINT t_kind_id_key UNIQUE (kind, id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 add public.t.t_kind_id_key without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/9 build index public.t_1_kind_id_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_1_kind_id_key') and indrelid = to_regclass('public.t_1') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t_1') and conname in ('t_1_kind_id_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 build index public.t_1_kind_id_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_1_kind_id_key ON public.t_1 USING btree (kind, id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 build index public.t_1_kind_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/9 make public.t_1.t_1_kind_id_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_1') and conname = 't_1_kind_id_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/9 make public.t_1.t_1_kind_id_key the unique constraint'
ALTER TABLE public.t_1 ADD CONSTRAINT t_1_kind_id_key UNIQUE USING INDEX t_1_kind_id_key;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 make public.t_1.t_1_kind_id_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/9 attach index public.t_1_kind_id_key to public.t_kind_id_key
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_1_kind_id_key') and inhparent = to_regclass('public.t_kind_id_key'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 attach index public.t_1_kind_id_key to public.t_kind_id_key'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_kind_id_key ATTACH PARTITION public.t_1_kind_id_key;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 attach index public.t_1_kind_id_key to public.t_kind_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/9 build index public.t_2_kind_id_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_2_kind_id_key') and indrelid = to_regclass('public.t_2') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t_2') and conname in ('t_2_kind_id_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 build index public.t_2_kind_id_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_2_kind_id_key ON public.t_2 USING btree (kind, id);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 build index public.t_2_kind_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/9 make public.t_2.t_2_kind_id_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t_2') and conname = 't_2_kind_id_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['kind', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/9 make public.t_2.t_2_kind_id_key the unique constraint'
ALTER TABLE public.t_2 ADD CONSTRAINT t_2_kind_id_key UNIQUE USING INDEX t_2_kind_id_key;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 make public.t_2.t_2_kind_id_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/9 attach index public.t_2_kind_id_key to public.t_kind_id_key
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_2_kind_id_key') and inhparent = to_regclass('public.t_kind_id_key'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 attach index public.t_2_kind_id_key to public.t_kind_id_key'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_kind_id_key ATTACH PARTITION public.t_2_kind_id_key;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 attach index public.t_2_kind_id_key to public.t_kind_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/9 analyze public.t_1
\if :changed
\echo '8/9 analyze public.t_1'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_1;
\endif

-- 9/9 analyze public.t_2
\if :changed
\echo '9/9 analyze public.t_2'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_2;
\endif
