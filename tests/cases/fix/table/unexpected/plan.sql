-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.v.v_u_fkey: constraint public.v.v_u_fkey (10 rows, 8192 bytes)
-- data_loss: drop table public.u: table public.u and its rows (10 rows, 8192 bytes)
-- data_loss: drop table public.v: table public.v and its rows (10 rows, 8192 bytes)

-- 1/3 drop constraint public.v.v_u_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.v') and conname = 'v_u_fkey' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.u IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.v IN ACCESS EXCLUSIVE MODE;
\echo '1/3 drop constraint public.v.v_u_fkey'
ALTER TABLE public.v DROP CONSTRAINT v_u_fkey;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop constraint public.v.v_u_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 drop table public.u
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.u') and relkind in ('r', 'p')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 drop table public.u'
DROP TABLE public.u;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 drop table public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 drop table public.v
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('r', 'p')))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 drop table public.v'
DROP TABLE public.v;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 drop table public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
