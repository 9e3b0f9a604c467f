-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table public.t_2: table public.t_2 and its rows (200 rows, 16 kB)

-- 1/1 drop table public.t_2
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.t_2') and relkind in ('r', 'p')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 drop table public.t_2'
DROP TABLE public.t_2;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 drop table public.t_2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
