-- 4 steps in 3 transactions; no session is stopped; hazards: none

-- 1/4 create table public.y_mixin
SELECT $$exists (select from pg_class where oid = to_regclass('public.y_mixin') and relkind in ('r', 'p'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 create table public.y_mixin'
CREATE TABLE public.y_mixin (at date);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create table public.y_mixin: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 create table public.z_base
-- 3/4 create constraint public.z_base.z_base_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.z_base') and relkind in ('r', 'p'))$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.z_base') and conname = 'z_base_pkey' and true)$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 create table public.z_base'
CREATE TABLE public.z_base (id integer NOT NULL, note text DEFAULT 'x'::text);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 create table public.z_base: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 create constraint public.z_base.z_base_pkey'
ALTER TABLE public.z_base ADD CONSTRAINT z_base_pkey PRIMARY KEY (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create constraint public.z_base.z_base_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 create table public.a_derived
SELECT $$exists (select from pg_class where oid = to_regclass('public.a_derived') and relkind in ('r', 'p'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 create table public.a_derived'
CREATE TABLE public.a_derived (note text DEFAULT 'y'::text, extra integer) INHERITS (public.z_base, public.y_mixin);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 create table public.a_derived: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
