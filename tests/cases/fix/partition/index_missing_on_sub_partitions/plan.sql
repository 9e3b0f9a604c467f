-- 12 steps in 12 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/12 create index public.t_id_idx without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_id_idx') and indrelid = to_regclass('public.t') and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/12 create index public.t_id_idx without its partitions'
CREATE INDEX t_id_idx ON ONLY public.t USING btree (id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 create index public.t_id_idx without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/12 create index public.t_a_id_idx without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_a_id_idx') and indrelid = to_regclass('public.t_a') and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/12 create index public.t_a_id_idx without its partitions'
CREATE INDEX t_a_id_idx ON ONLY public.t_a USING btree (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 create index public.t_a_id_idx without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/12 attach index public.t_a_id_idx to public.t_id_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_a_id_idx') and inhparent = to_regclass('public.t_id_idx'))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/12 attach index public.t_a_id_idx to public.t_id_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_id_idx ATTACH PARTITION public.t_a_id_idx;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 attach index public.t_a_id_idx to public.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/12 build index public.t_a_1_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_a_1_id_idx') and indrelid = to_regclass('public.t_a_1') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_a_1_id_idx') and indrelid = to_regclass('public.t_a_1') and indisvalid))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/12 build index public.t_a_1_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_a_1_id_idx ON public.t_a_1 USING btree (id);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 build index public.t_a_1_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/12 attach index public.t_a_1_id_idx to public.t_a_id_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_a_1_id_idx') and inhparent = to_regclass('public.t_a_id_idx'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 attach index public.t_a_1_id_idx to public.t_a_id_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_a_id_idx ATTACH PARTITION public.t_a_1_id_idx;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 attach index public.t_a_1_id_idx to public.t_a_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/12 build index public.t_a_2_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_a_2_id_idx') and indrelid = to_regclass('public.t_a_2') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_a_2_id_idx') and indrelid = to_regclass('public.t_a_2') and indisvalid))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/12 build index public.t_a_2_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_a_2_id_idx ON public.t_a_2 USING btree (id);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 build index public.t_a_2_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/12 attach index public.t_a_2_id_idx to public.t_a_id_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_a_2_id_idx') and inhparent = to_regclass('public.t_a_id_idx'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/12 attach index public.t_a_2_id_idx to public.t_a_id_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_a_id_idx ATTACH PARTITION public.t_a_2_id_idx;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 attach index public.t_a_2_id_idx to public.t_a_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/12 build index public.t_rest_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_rest_id_idx') and indrelid = to_regclass('public.t_rest') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_rest_id_idx') and indrelid = to_regclass('public.t_rest') and indisvalid))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/12 build index public.t_rest_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_rest_id_idx ON public.t_rest USING btree (id);
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 build index public.t_rest_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/12 attach index public.t_rest_id_idx to public.t_id_idx
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.t_rest_id_idx') and inhparent = to_regclass('public.t_id_idx'))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/12 attach index public.t_rest_id_idx to public.t_id_idx'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.t_id_idx ATTACH PARTITION public.t_rest_id_idx;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 attach index public.t_rest_id_idx to public.t_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/12 analyze public.t_a_1
\if :changed
\echo '10/12 analyze public.t_a_1'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_a_1;
\endif

-- 11/12 analyze public.t_a_2
\if :changed
\echo '11/12 analyze public.t_a_2'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_a_2;
\endif

-- 12/12 analyze public.t_rest
\if :changed
\echo '12/12 analyze public.t_rest'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t_rest;
\endif
