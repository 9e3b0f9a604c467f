-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop trigger public.t.old_name: trigger public.t.old_name (0 rows, 0 bytes)

-- 1/2 create trigger public.t.new_name
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'new_name' and not tgisinternal and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create trigger public.t.new_name'
CREATE TRIGGER new_name BEFORE UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create trigger public.t.new_name: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 drop trigger public.t.old_name
SELECT $$not (exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'old_name' and not tgisinternal and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 drop trigger public.t.old_name'
DROP TRIGGER old_name ON public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 drop trigger public.t.old_name: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
