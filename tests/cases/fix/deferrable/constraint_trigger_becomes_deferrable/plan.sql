-- 2 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 drop trigger public.t.later
-- 2/2 create trigger public.t.later
SELECT $$not (exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'later' and not tgisinternal and pg_get_triggerdef(oid) = 'CREATE CONSTRAINT TRIGGER later AFTER INSERT ON public.t NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.f()'))$$ AS end_1,
       $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'later' and not tgisinternal and pg_get_triggerdef(oid) <> 'CREATE CONSTRAINT TRIGGER later AFTER INSERT ON public.t NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.f()')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 drop trigger public.t.later'
DROP TRIGGER later ON public.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 drop trigger public.t.later: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 create trigger public.t.later'
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON public.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.f();
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create trigger public.t.later: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
