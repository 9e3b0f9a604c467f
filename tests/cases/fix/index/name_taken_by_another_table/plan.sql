-- 4 steps in 4 transactions; no session is stopped; hazards: data_loss
-- data_loss: drop index public.u.a_idx: index public.u.a_idx (300 rows, 48 kB)

-- 1/4 drop index public.u.a_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.a_idx') and indrelid = to_regclass('public.u') and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop index public.u.a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.a_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop index public.u.a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/4 build index public.a_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.a_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.a_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 build index public.a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY a_idx ON public.t USING btree (a);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 build index public.a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/4 analyze public.t
\if :changed
\echo '3/4 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif

-- 4/4 analyze public.u
\if :changed
\echo '4/4 analyze public.u'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.u;
\endif
