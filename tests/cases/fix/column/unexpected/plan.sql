-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop index public.t.t_a_idx: index public.t.t_a_idx (300 rows, 48 kB)
-- data_loss: drop column public.t.a: column public.t.a and its values (300 rows, 48 kB)
-- data_loss: drop column public.t.b: column public.t.b and its values (300 rows, 48 kB)

-- 1/4 drop index public.t.t_a_idx
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 drop index public.t.t_a_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_a_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop index public.t.t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/4 drop column public.t.a
SELECT $$not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 drop column public.t.a'
ALTER TABLE public.t DROP COLUMN a;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 drop column public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 drop column public.t.b
SELECT $$not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 drop column public.t.b'
ALTER TABLE public.t DROP COLUMN b;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 drop column public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.t
\if :changed
\echo '4/4 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
