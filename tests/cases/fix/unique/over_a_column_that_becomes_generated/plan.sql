-- 5 steps in 4 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- data_loss: drop column public.t.y: column public.t.y and its values, which will be generated (2 rows, 8192 bytes)
-- table_rewrite: add column public.t.y: table public.t is rewritten while readers and writers are stopped (2 rows, 8192 bytes)

-- 1/5 drop column public.t.y
-- 2/5 add column public.t.y
SELECT $$(not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'y' and not attisdropped and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'y' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'y' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'y' and not attisdropped and attgenerated <> '')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 drop column public.t.y'
ALTER TABLE public.t DROP COLUMN y;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop column public.t.y: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 add column public.t.y'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ADD COLUMN y integer GENERATED ALWAYS AS ((x * 2)) STORED;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 add column public.t.y: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/5 build index public.t_y_key
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_y_key') and indrelid = to_regclass('public.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_y_key') and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['y']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 build index public.t_y_key'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_y_key ON public.t USING btree (y);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 build index public.t_y_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/5 make public.t.t_y_key the unique constraint
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_y_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['y']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '4/5 make public.t.t_y_key the unique constraint'
ALTER TABLE public.t ADD CONSTRAINT t_y_key UNIQUE USING INDEX t_y_key;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 make public.t.t_y_key the unique constraint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.t
\if :changed
\echo '5/5 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
