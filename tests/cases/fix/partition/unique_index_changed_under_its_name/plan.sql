-- 8 steps in 8 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- warning: index public.p.p_u of a partitioned table is dropped before its successor is built: until that is there, duplicates are not refused, and where rows refuse it, the old one is not put back: correct the rows and plan again, or drop the new one and run CREATE UNIQUE INDEX p_u ON public.p USING btree (a, b)

-- 1/8 drop index public.p.p_u
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.p_u') and indrelid = to_regclass('public.p') and not (indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['a', 'c'])))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/8 drop index public.p.p_u'
DROP INDEX public.p_u;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 drop index public.p.p_u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/8 create index public.p_u without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.p_u') and indrelid = to_regclass('public.p') and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/8 create index public.p_u without its partitions'
CREATE UNIQUE INDEX p_u ON ONLY public.p USING btree (a, c);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 create index public.p_u without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/8 build index public.p_1_a_c_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.p_1_a_c_idx') and indrelid = to_regclass('public.p_1') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.p_1_a_c_idx') and indrelid = to_regclass('public.p_1') and indisvalid))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 build index public.p_1_a_c_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY p_1_a_c_idx ON public.p_1 USING btree (a, c);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 build index public.p_1_a_c_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/8 attach index public.p_1_a_c_idx to public.p_u
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.p_1_a_c_idx') and inhparent = to_regclass('public.p_u'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/8 attach index public.p_1_a_c_idx to public.p_u'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.p_u ATTACH PARTITION public.p_1_a_c_idx;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 attach index public.p_1_a_c_idx to public.p_u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/8 build index public.p_2_a_c_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.p_2_a_c_idx') and indrelid = to_regclass('public.p_2') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.p_2_a_c_idx') and indrelid = to_regclass('public.p_2') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/8 build index public.p_2_a_c_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY p_2_a_c_idx ON public.p_2 USING btree (a, c);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 build index public.p_2_a_c_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/8 attach index public.p_2_a_c_idx to public.p_u
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.p_2_a_c_idx') and inhparent = to_regclass('public.p_u'))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 attach index public.p_2_a_c_idx to public.p_u'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.p_u ATTACH PARTITION public.p_2_a_c_idx;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 attach index public.p_2_a_c_idx to public.p_u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/8 analyze public.p_1
\if :changed
\echo '7/8 analyze public.p_1'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p_1;
\endif

-- 8/8 analyze public.p_2
\if :changed
\echo '8/8 analyze public.p_2'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p_2;
\endif
