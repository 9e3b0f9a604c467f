-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 drop index public.m.m_v
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.m_v') and indrelid = to_regclass('public.m') and not (indisvalid)))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 drop index public.m.m_v'
DROP INDEX public.m_v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop index public.m.m_v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 build index public.m_2025_v_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.m_2025_v_idx') and indrelid = to_regclass('public.m_2025') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.m_2025_v_idx') and indrelid = to_regclass('public.m_2025') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 build index public.m_2025_v_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY m_2025_v_idx ON public.m_2025 USING btree (v);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 build index public.m_2025_v_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/4 create index public.m_v from its partitions' indexes
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.m_v') and indrelid = to_regclass('public.m') and indisvalid)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 create index public.m_v from its partitions'' indexes'
CREATE INDEX m_v ON public.m USING btree (v);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create index public.m_v from its partitions'' indexes: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.m_2025
\if :changed
\echo '4/4 analyze public.m_2025'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.m_2025;
\endif
