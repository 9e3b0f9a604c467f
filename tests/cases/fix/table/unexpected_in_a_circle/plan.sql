-- 5 steps in 5 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop view public.v: view public.v (0 bytes)
-- data_loss: drop constraint public.a.a_b_fkey: constraint public.a.a_b_fkey (0 rows, 0 bytes)
-- data_loss: drop constraint public.b.b_a_fkey: constraint public.b.b_a_fkey (0 rows, 0 bytes)
-- data_loss: drop table public.a: table public.a and its rows (0 rows, 0 bytes)
-- data_loss: drop table public.b: table public.b and its rows (0 rows, 0 bytes)

-- 1/5 drop view public.v
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/5 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/5 drop constraint public.a.a_b_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_b_fkey' and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.b IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE;
\echo '2/5 drop constraint public.a.a_b_fkey'
ALTER TABLE public.a DROP CONSTRAINT a_b_fkey;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 drop constraint public.a.a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/5 drop constraint public.b.b_a_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_a_fkey' and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.b IN ACCESS EXCLUSIVE MODE;
\echo '3/5 drop constraint public.b.b_a_fkey'
ALTER TABLE public.b DROP CONSTRAINT b_a_fkey;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 drop constraint public.b.b_a_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/5 drop table public.a
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.a') and relkind in ('r', 'p')))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/5 drop table public.a'
DROP TABLE public.a;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 drop table public.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/5 drop table public.b
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.b') and relkind in ('r', 'p')))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/5 drop table public.b'
DROP TABLE public.b;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/5 drop table public.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
