-- 9 steps in 4 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- data_loss: drop function public.finish_job(bigint, public.job_status, timestamp with time zone): routine public.finish_job(bigint, public.job_status, timestamp with time zone)
-- table_rewrite: alter public.jobs: status public.job_status: table public.jobs is rewritten while readers and writers are stopped (2 rows, 16 kB)

-- 1/9 drop index public.jobs.jobs_open_v1
-- 2/9 drop function public.finish_job(bigint, public.job_status, timestamp with time zone)
-- 3/9 rename type public.job_status to schemawarden_type_562c88bf
-- 4/9 create type public.job_status
-- 5/9 alter public.jobs: status public.job_status
-- 6/9 drop the old type public.schemawarden_type_562c88bf
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.jobs_open_v1') and indrelid = to_regclass('public.jobs') and true)) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.job_status') order by enumsortorder) = array['todo', 'doing', 'done']::text[]))$$ AS end_1,
       $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'finish_job' and oidvectortypes(proargtypes) = 'bigint, public.job_status, timestamp with time zone' and true)) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.job_status') order by enumsortorder) = array['todo', 'doing', 'done']::text[]))$$ AS end_2,
       $$((to_regtype('public.schemawarden_type_562c88bf') is not null) or (array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.job_status') order by enumsortorder) = array['todo', 'doing', 'done']::text[]))$$ AS end_3,
       $$array(select enumlabel::text from pg_enum where enumtypid = to_regtype('public.job_status') order by enumsortorder) = array['todo', 'doing', 'done']::text[]$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.jobs') and attname = 'status' and not attisdropped and format_type(atttypid, atttypmod) = 'public.job_status' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_5,
       $$not (to_regtype('public.schemawarden_type_562c88bf') is not null)$$ AS end_6 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.jobs IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/9 drop index public.jobs.jobs_open_v1'
DROP INDEX public.jobs_open_v1;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 drop index public.jobs.jobs_open_v1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 drop function public.finish_job(bigint, public.job_status, timestamp with time zone)'
DROP FUNCTION public.finish_job(bigint, public.job_status, timestamp with time zone);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 drop function public.finish_job(bigint, public.job_status, timestamp with time zone): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 rename type public.job_status to schemawarden_type_562c88bf'
ALTER TYPE public.job_status RENAME TO schemawarden_type_562c88bf;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 rename type public.job_status to schemawarden_type_562c88bf: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 create type public.job_status'
CREATE TYPE public.job_status AS ENUM ('todo', 'doing', 'done');
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 create type public.job_status: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 alter public.jobs: status public.job_status'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.jobs ALTER COLUMN status DROP DEFAULT, ALTER COLUMN status TYPE public.job_status USING status::text::public.job_status, ALTER COLUMN status SET DEFAULT 'todo'::public.job_status;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 alter public.jobs: status public.job_status: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/9 drop the old type public.schemawarden_type_562c88bf'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
DROP TYPE public.schemawarden_type_562c88bf;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 drop the old type public.schemawarden_type_562c88bf: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/9 build index public.jobs_open
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.jobs_open') and indrelid = to_regclass('public.jobs') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.jobs_open') and indrelid = to_regclass('public.jobs') and indisvalid))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 build index public.jobs_open'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY jobs_open ON public.jobs USING btree (queue) WHERE (status <> 'done'::public.job_status);
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 build index public.jobs_open: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/9 create function public.close_job(bigint, public.job_status, timestamp with time zone, timestamp with time zone)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'close_job' and oidvectortypes(proargtypes) = 'bigint, public.job_status, timestamp with time zone, timestamp with time zone' and true)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/9 create function public.close_job(bigint, public.job_status, timestamp with time zone, timestamp with time zone)'
CREATE OR REPLACE FUNCTION public.close_job(job bigint, becomes public.job_status, first timestamp with time zone, last timestamp with time zone)
 RETURNS void
 LANGUAGE sql
AS $function$ update jobs set status = becomes where id = job $function$
;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/9 create function public.close_job(bigint, public.job_status, timestamp with time zone, timestamp with time zone): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/9 analyze public.jobs
\if :changed
\echo '9/9 analyze public.jobs'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.jobs;
\endif
