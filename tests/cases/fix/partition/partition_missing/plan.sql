-- 2 steps in 1 transaction; no session is stopped; hazards: none

-- 1/2 create table public.t_new
-- 2/2 attach partition public.t_new to public.t
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_new') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_new') and inhparent = to_regclass('public.t'))$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 create table public.t_new'
CREATE TABLE public.t_new (id integer, at date);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create table public.t_new: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 attach partition public.t_new to public.t'
ALTER TABLE public.t ATTACH PARTITION public.t_new FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 attach partition public.t_new to public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
