-- 4 steps in 4 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.page: sort smallint: table public.page is rewritten while readers and writers are stopped (300 rows, 40 kB)
-- warning: `alter public.reader: at timestamp with time zone, list jsonb, sort public.sort` converts dates and times with the settings of the table owner's sessions: TimeZone UTC, DateStyle ISO, MDY, IntervalStyle postgres

-- 1/4 alter public.page: sort smallint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.page') and attname = 'sort' and not attisdropped and format_type(atttypid, atttypmod) = 'smallint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.page IN ACCESS EXCLUSIVE MODE;
\echo '1/4 alter public.page: sort smallint'
DO 'BEGIN IF (select count(*) from public.page where sort is not null and ((sort::text::smallint)::smallint)::text is distinct from (sort)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.page.sort are not the same after the conversion to smallint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.page ALTER COLUMN sort TYPE smallint USING sort::text::smallint;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 alter public.page: sort smallint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 alter public.reader: at timestamp with time zone, list jsonb, sort public.sort
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.reader') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.reader') and attname = 'list' and not attisdropped and format_type(atttypid, atttypmod) = 'jsonb' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.reader') and attname = 'sort' and not attisdropped and format_type(atttypid, atttypmod) = 'public.sort' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.reader IN ACCESS EXCLUSIVE MODE;
\echo '2/4 alter public.reader: at timestamp with time zone, list jsonb, sort public.sort'
DO 'BEGIN IF (select count(*) from public.reader where at is not null and ((at::text::timestamp with time zone)::timestamp with time zone)::text is distinct from (at)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.reader.at are not the same after the conversion to timestamp with time zone and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.reader where list is not null and ((list::text::jsonb)::jsonb)::text is distinct from (list)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.reader.list are not the same after the conversion to jsonb and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.reader ALTER COLUMN at TYPE timestamp with time zone USING at::text::timestamp with time zone, ALTER COLUMN list TYPE jsonb USING list::text::jsonb, ALTER COLUMN sort DROP DEFAULT, ALTER COLUMN sort TYPE public.sort USING sort::text::public.sort, ALTER COLUMN sort SET DEFAULT 'new'::public.sort;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 alter public.reader: at timestamp with time zone, list jsonb, sort public.sort: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 alter public.writer: key uuid, sort smallint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.writer') and attname = 'key' and not attisdropped and format_type(atttypid, atttypmod) = 'uuid' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.writer') and attname = 'sort' and not attisdropped and format_type(atttypid, atttypmod) = 'smallint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.writer IN ACCESS EXCLUSIVE MODE;
\echo '3/4 alter public.writer: key uuid, sort smallint'
DO 'BEGIN IF (select count(*) from public.writer where key is not null and ((key::text::uuid)::uuid)::text is distinct from (key)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.writer.key are not the same after the conversion to uuid and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.writer where sort is not null and ((sort::text::smallint)::smallint)::text is distinct from (sort)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.writer.sort are not the same after the conversion to smallint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.writer ALTER COLUMN key TYPE uuid USING key::text::uuid, ALTER COLUMN sort DROP DEFAULT, ALTER COLUMN sort TYPE smallint USING sort::text::smallint, ALTER COLUMN sort SET DEFAULT 0;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 alter public.writer: key uuid, sort smallint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.page
\if :changed
\echo '4/4 analyze public.page'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.page;
\endif
