-- 3 steps in 3 transactions; no session is stopped; hazards: none

-- 1/3 add label 'gone' to enum public.st
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.st') and enumlabel = 'gone')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 add label ''gone'' to enum public.st'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.st ADD VALUE 'gone' AFTER 'done';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add label ''gone'' to enum public.st: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/3 build index public.one
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.one') and indrelid = to_regclass('public.o') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.one') and indrelid = to_regclass('public.o') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 build index public.one'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY one ON public.o USING btree (n) WHERE (s <> 'gone'::public.st);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 build index public.one: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/3 analyze public.o
\if :changed
\echo '3/3 analyze public.o'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.o;
\endif
