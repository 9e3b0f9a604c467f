-- 6 steps in 5 transactions; readers and writers are stopped while a table is written anew; hazards: table_rewrite
-- table_rewrite: alter public.t: a numeric: table public.t is written anew while nobody can use it (300 rows, 40 kB)

-- 1/6 alter public.t: a numeric
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'numeric' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/6 alter public.t: a numeric'
ALTER TABLE public.t ALTER COLUMN a TYPE numeric USING a::numeric;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 alter public.t: a numeric: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/6 add check public.t.sizes
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('schemawarden_check_5c428acd', 'sizes') and pg_get_expr(conbin, conrelid) is distinct from '((a > 0) AND (b > a))')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/6 add check public.t.sizes'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_check_5c428acd CHECK (((a > (0)::numeric) AND ((b)::numeric > a))) NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 add check public.t.sizes: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/6 validate public.t.sizes
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('schemawarden_check_5c428acd', 'sizes') and convalidated and pg_get_expr(conbin, conrelid) is distinct from '((a > 0) AND (b > a))')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/6 validate public.t.sizes'
ALTER TABLE public.t VALIDATE CONSTRAINT schemawarden_check_5c428acd;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 validate public.t.sizes: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/6 drop the old public.t.sizes
-- 5/6 rename constraint public.t.schemawarden_check_5c428acd to sizes
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'sizes' and not (pg_get_expr(conbin, conrelid) is distinct from '((a > 0) AND (b > a))')))$$ AS end_4,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'sizes' and pg_get_expr(conbin, conrelid) is distinct from '((a > 0) AND (b > a))')$$ AS end_5 \gset
SELECT NOT ((:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/6 drop the old public.t.sizes'
ALTER TABLE public.t DROP CONSTRAINT sizes;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 drop the old public.t.sizes: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/6 rename constraint public.t.schemawarden_check_5c428acd to sizes'
ALTER TABLE public.t RENAME CONSTRAINT schemawarden_check_5c428acd TO sizes;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 rename constraint public.t.schemawarden_check_5c428acd to sizes: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/6 analyze public.t
\if :changed
\echo '6/6 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
