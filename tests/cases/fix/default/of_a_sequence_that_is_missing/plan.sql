-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 create sequence public.numbers
SELECT $$exists (select from pg_class where oid = to_regclass('public.numbers') and relkind in ('S'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create sequence public.numbers'
CREATE SEQUENCE public.numbers AS bigint START WITH 1000 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create sequence public.numbers: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 set the default of public.t.number
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'number' and not attisdropped and atthasdef)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 set the default of public.t.number'
ALTER TABLE public.t ALTER COLUMN number SET DEFAULT nextval('public.numbers'::regclass);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 set the default of public.t.number: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
