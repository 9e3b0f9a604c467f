-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop view public.v: view public.v (0 bytes)
-- data_loss: drop function public.f(integer): function public.f(integer)
-- data_loss: drop trigger public.t.g: trigger public.t.g (0 rows, 0 bytes)
-- data_loss: drop function public.g(): function public.g()

-- 1/4 drop view public.v
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 drop function public.f(integer)
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'integer' and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 drop function public.f(integer)'
DROP FUNCTION public.f(integer);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 drop function public.f(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 drop trigger public.t.g
SELECT $$not (exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'g' and not tgisinternal and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 drop trigger public.t.g'
DROP TRIGGER g ON public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 drop trigger public.t.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 drop function public.g()
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'g' and oidvectortypes(proargtypes) = '' and true))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 drop function public.g()'
DROP FUNCTION public.g();
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 drop function public.g(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
