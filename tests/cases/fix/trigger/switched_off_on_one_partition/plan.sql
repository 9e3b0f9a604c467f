-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 enable trigger public.t_2.g
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('public.t_2') and tgname = 'g' and not tgisinternal and tgenabled = 'O')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 enable trigger public.t_2.g'
ALTER TABLE public.t_2 ENABLE TRIGGER g;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 enable trigger public.t_2.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
