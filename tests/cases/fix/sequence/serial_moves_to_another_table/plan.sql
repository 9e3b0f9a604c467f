-- 4 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table public.jobs: table public.jobs and its rows (1 row, 16 kB)

-- 1/4 create table public.private_jobs
-- 2/4 set sequence public.jobs_id_seq to OWNED BY public.private_jobs.id
-- 3/4 create constraint public.private_jobs.private_jobs_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.private_jobs') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.jobs_id_seq') and d.refobjid = to_regclass('public.private_jobs') and a.attname = 'id')$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.private_jobs') and conname = 'private_jobs_pkey' and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 create table public.private_jobs'
CREATE TABLE public.private_jobs (id bigint NOT NULL DEFAULT nextval('public.jobs_id_seq'::regclass), task text NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create table public.private_jobs: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 set sequence public.jobs_id_seq to OWNED BY public.private_jobs.id'
ALTER SEQUENCE public.jobs_id_seq OWNED BY public.private_jobs.id;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 set sequence public.jobs_id_seq to OWNED BY public.private_jobs.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 create constraint public.private_jobs.private_jobs_pkey'
ALTER TABLE public.private_jobs ADD CONSTRAINT private_jobs_pkey PRIMARY KEY (id);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create constraint public.private_jobs.private_jobs_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 drop table public.jobs
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.jobs') and relkind in ('r', 'p')))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 drop table public.jobs'
DROP TABLE public.jobs;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 drop table public.jobs: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
