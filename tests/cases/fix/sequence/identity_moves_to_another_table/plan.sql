-- 8 steps in 6 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table public.jobs: table public.jobs and its rows (1 row, 16 kB)

-- 1/8 free the name of public.jobs_id_seq
SELECT $$not exists (select from pg_depend where objid = to_regclass('public.jobs_id_seq') and refobjid = to_regclass('public.jobs') and deptype in ('a', 'i'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/8 free the name of public.jobs_id_seq'
ALTER SEQUENCE public.jobs_id_seq RENAME TO schemawarden_name_29719c46;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 free the name of public.jobs_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/8 free the name of public.jobs.jobs_key
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.jobs') and conname = 'jobs_key' and true))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/8 free the name of public.jobs.jobs_key'
ALTER TABLE public.jobs RENAME CONSTRAINT jobs_key TO schemawarden_name_df515941;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 free the name of public.jobs.jobs_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/8 create table public.private_jobs
-- 4/8 create constraint public.private_jobs.jobs_key
SELECT $$exists (select from pg_class where oid = to_regclass('public.private_jobs') and relkind in ('r', 'p'))$$ AS end_3,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.private_jobs') and conname = 'jobs_key' and true)$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 create table public.private_jobs'
CREATE TABLE public.private_jobs (id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.jobs_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE), task text NOT NULL);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 create table public.private_jobs: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/8 create constraint public.private_jobs.jobs_key'
ALTER TABLE public.private_jobs ADD CONSTRAINT jobs_key PRIMARY KEY (id);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 create constraint public.private_jobs.jobs_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/8 drop function public.next_job()
-- 6/8 create function public.next_job()
SELECT $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'next_job' and oidvectortypes(proargtypes) = '' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'next_job' and oidvectortypes(proargtypes) = '' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.next_job()
 RETURNS public.jobs
 LANGUAGE sql
AS $function$ select * from jobs limit 1 $function$
'))$$ AS end_5,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'next_job' and oidvectortypes(proargtypes) = '' and true)$$ AS end_6 \gset
SELECT NOT ((:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/8 drop function public.next_job()'
DROP FUNCTION public.next_job();
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 drop function public.next_job(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 create function public.next_job()'
CREATE OR REPLACE FUNCTION public.next_job()
 RETURNS public.private_jobs
 LANGUAGE sql
AS $function$ select * from private_jobs limit 1 $function$
;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 create function public.next_job(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/8 drop table public.jobs
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.jobs') and relkind in ('r', 'p')))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/8 drop table public.jobs'
DROP TABLE public.jobs;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/8 drop table public.jobs: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/8 create view public.jobs
SELECT $$exists (select from pg_class where oid = to_regclass('public.jobs') and relkind in ('v'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/8 create view public.jobs'
CREATE VIEW public.jobs (id, task) AS  SELECT private_jobs.id,
    private_jobs.task
   FROM public.private_jobs;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/8 create view public.jobs: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
