-- 6 steps in 6 transactions; no session is stopped; hazards: none

-- 1/6 comment on s
SELECT $$exists (select from pg_namespace where nspname = 's' and obj_description(oid, 'pg_namespace') = 'schema')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/6 comment on s'
COMMENT ON SCHEMA s IS 'schema';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 comment on s: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/6 comment on public.t
SELECT $sql$exists (select from pg_class where oid = to_regclass('public.t') and obj_description(oid, 'pg_class') = 'it''s new; $$')$sql$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/6 comment on public.t'
COMMENT ON TABLE public.t IS 'it''s new; $$';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 comment on public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/6 comment on public.t.a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and col_description(attrelid, attnum) is null)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/6 comment on public.t.a'
COMMENT ON COLUMN public.t.a IS NULL;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 comment on public.t.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/6 comment on public.t.b
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and col_description(attrelid, attnum) = 'two
lines')$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/6 comment on public.t.b'
COMMENT ON COLUMN public.t.b IS 'two
lines';
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 comment on public.t.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/6 comment on public.t.t_pkey
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and obj_description(oid, 'pg_constraint') = 'key') or exists (select from pg_constraint where contypid = to_regtype('public.t') and conname = 't_pkey' and obj_description(oid, 'pg_constraint') = 'key'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/6 comment on public.t.t_pkey'
COMMENT ON CONSTRAINT t_pkey ON public.t IS 'key';
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 comment on public.t.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/6 comment on public.t.t_pkey
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_pkey') and indrelid = to_regclass('public.t') and obj_description(indexrelid, 'pg_class') = 'index')$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/6 comment on public.t.t_pkey'
COMMENT ON INDEX public.t_pkey IS 'index';
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/6 comment on public.t.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
