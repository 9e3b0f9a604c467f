-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 create trigger public.t.emptied
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'emptied' and not tgisinternal and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 create trigger public.t.emptied'
CREATE TRIGGER emptied BEFORE TRUNCATE ON public.t FOR EACH STATEMENT EXECUTE FUNCTION public.f();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 create trigger public.t.emptied: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 create trigger public.t.row_wise
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'row_wise' and not tgisinternal and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 create trigger public.t.row_wise'
CREATE TRIGGER row_wise AFTER UPDATE OF a ON public.t FOR EACH ROW WHEN ((old.a IS DISTINCT FROM new.a)) EXECUTE FUNCTION public.f('x', '2');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create trigger public.t.row_wise: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 create trigger public.t.with_tables
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'with_tables' and not tgisinternal and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 create trigger public.t.with_tables'
CREATE TRIGGER with_tables AFTER INSERT ON public.t REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.f();
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 create trigger public.t.with_tables: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
