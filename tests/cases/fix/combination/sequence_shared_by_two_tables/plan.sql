-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 create sequence public.ids
SELECT $$exists (select from pg_class where oid = to_regclass('public.ids') and relkind in ('S'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 create sequence public.ids'
CREATE SEQUENCE public.ids AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 create sequence public.ids: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 set the default of public.a.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.a') and attname = 'id' and not attisdropped and atthasdef)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 set the default of public.a.id'
ALTER TABLE public.a ALTER COLUMN id SET DEFAULT nextval('public.ids'::regclass);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 set the default of public.a.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 set the default of public.b.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.b') and attname = 'id' and not attisdropped and atthasdef)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 set the default of public.b.id'
ALTER TABLE public.b ALTER COLUMN id SET DEFAULT nextval('public.ids'::regclass);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the default of public.b.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
