-- 8 steps in 8 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/8 drop index public.t.t_id_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_id_idx') and indrelid = to_regclass('public.t') and not (indisvalid)))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/8 drop index public.t.t_id_idx'
DROP INDEX public.t_id_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 drop index public.t.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/8 create index public.t_id_idx without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_id_idx') and indrelid = to_regclass('public.t') and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/8 create index public.t_id_idx without its partitions'
CREATE INDEX t_id_idx ON ONLY public.t USING btree (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 create index public.t_id_idx without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/8 build index public.t_new_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_new_id_idx') and indrelid = to_regclass('public.t_new') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_new_id_idx') and indrelid = to_regclass('public.t_new') and indisvalid))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 build index public.t_new_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_new_id_idx ON public.t_new USING btree (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 build index public.t_new_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/8 attach index public.t_new_id_idx to public.t_id_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_new_id_idx') and inhparent = to_regclass('public.t_id_idx'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/8 attach index public.t_new_id_idx to public.t_id_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_id_idx ATTACH PARTITION public.t_new_id_idx;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 attach index public.t_new_id_idx to public.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/8 build index public.t_old_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_old_id_idx') and indrelid = to_regclass('public.t_old') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_old_id_idx') and indrelid = to_regclass('public.t_old') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/8 build index public.t_old_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_old_id_idx ON public.t_old USING btree (id);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 build index public.t_old_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/8 attach index public.t_old_id_idx to public.t_id_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_old_id_idx') and inhparent = to_regclass('public.t_id_idx'))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 attach index public.t_old_id_idx to public.t_id_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_id_idx ATTACH PARTITION public.t_old_id_idx;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 attach index public.t_old_id_idx to public.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/8 analyze public.t_new
\if :changed
\echo '7/8 analyze public.t_new'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_new;
\endif

-- 8/8 analyze public.t_old
\if :changed
\echo '8/8 analyze public.t_old'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_old;
\endif
