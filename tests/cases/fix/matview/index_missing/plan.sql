-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 build index public.m_a_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.m_a_idx') and indrelid = to_regclass('public.m') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.m_a_idx') and indrelid = to_regclass('public.m') and indisvalid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 build index public.m_a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY m_a_idx ON public.m USING btree (a);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 build index public.m_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/2 analyze public.m
\if :changed
\echo '2/2 analyze public.m'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.m;
\endif
