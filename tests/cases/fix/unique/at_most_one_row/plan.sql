-- 4 steps in 4 transactions; no session is stopped; hazards: none

-- 1/4 build index public.settings_has_one_row
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.settings_has_one_row') and indrelid = to_regclass('public.settings') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.settings_has_one_row') and indrelid = to_regclass('public.settings') and indisvalid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 build index public.settings_has_one_row'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY settings_has_one_row ON public.settings USING btree ((true));
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 build index public.settings_has_one_row: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/4 build index public.stock_item
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.stock_item') and indrelid = to_regclass('public.stock') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.stock_item') and indrelid = to_regclass('public.stock') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 build index public.stock_item'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY stock_item ON public.stock USING btree (lower(item), (1));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 build index public.stock_item: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/4 analyze public.settings
\if :changed
\echo '3/4 analyze public.settings'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.settings;
\endif

-- 4/4 analyze public.stock
\if :changed
\echo '4/4 analyze public.stock'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.stock;
\endif
