-- 4 steps in 3 transactions; no session is stopped; hazards: none

-- 1/4 create table public.u
-- 2/4 create constraint public.u.u_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.u') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'u_pkey' and true)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 create table public.u'
CREATE TABLE public.u (id integer NOT NULL, a integer);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create table public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 create constraint public.u.u_pkey'
ALTER TABLE public.u ADD CONSTRAINT u_pkey PRIMARY KEY (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 create constraint public.u.u_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/4 create function public.total()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'total' and oidvectortypes(proargtypes) = '' and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 create function public.total()'
SELECT $$CREATE OR REPLACE FUNCTION public.total()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT sum(u.a) AS sum
    FROM public.u;
END
$$ \gexec
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create function public.total(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 create function public.twice()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'twice' and oidvectortypes(proargtypes) = '' and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 create function public.twice()'
SELECT $$CREATE OR REPLACE FUNCTION public.twice()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT (public.total() * 2);
END
$$ \gexec
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 create function public.twice(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
