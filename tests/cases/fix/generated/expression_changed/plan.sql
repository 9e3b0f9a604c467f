-- 7 steps in 3 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: add column public.t.b: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/7 drop index public.t.t_b_idx
-- 2/7 drop view public.v
-- 3/7 drop column public.t.b
-- 4/7 add column public.t.b
-- 5/7 create view public.v
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_b_idx') and indrelid = to_regclass('public.t') and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 'b' and pg_get_expr(d.adbin, d.adrelid) <> '(a * 2)')))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 'b' and pg_get_expr(d.adbin, d.adrelid) <> '(a * 2)')))$$ AS end_2,
       $$(not (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attgenerated = 's') and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 'b' and pg_get_expr(d.adbin, d.adrelid) <> '(a * 2)')))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and attgenerated <> '')$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 drop index public.t.t_b_idx'
DROP INDEX public.t_b_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 drop index public.t.t_b_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 drop view public.v'
DROP VIEW public.v;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 drop column public.t.b'
ALTER TABLE public.t DROP COLUMN b;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 drop column public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 add column public.t.b'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ADD COLUMN b integer GENERATED ALWAYS AS ((a * 3)) STORED;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 add column public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 create view public.v'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.v (b) AS  SELECT t.b
   FROM public.t;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/7 build index public.t_b_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_b_idx') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_b_idx') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/7 build index public.t_b_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY t_b_idx ON public.t USING btree (b);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 build index public.t_b_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/7 analyze public.t
\if :changed
\echo '7/7 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
