-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 create trigger public.t.missing
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'missing' and not tgisinternal and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create trigger public.t.missing'
CREATE TRIGGER missing AFTER INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create trigger public.t.missing: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 replace trigger public.t.changed
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'changed' and not tgisinternal and pg_get_triggerdef(oid) <> 'CREATE TRIGGER changed BEFORE UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION public.f()')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 replace trigger public.t.changed'
CREATE OR REPLACE TRIGGER changed BEFORE INSERT OR UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 replace trigger public.t.changed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
