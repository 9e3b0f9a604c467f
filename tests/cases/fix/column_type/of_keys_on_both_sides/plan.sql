-- 4 steps in 4 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.c: id bigint, p bigint: table public.c is rewritten while readers and writers are stopped (300 rows, 40 kB)
-- table_rewrite: alter public.p: id bigint: table public.p is rewritten while readers and writers are stopped (100 rows, 8192 bytes)

-- 1/4 alter public.c: id bigint, p bigint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.c') and attname = 'p' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
\echo '1/4 alter public.c: id bigint, p bigint'
DO 'BEGIN IF (select count(*) from public.c where id is not null and ((id::bigint)::bigint::integer)::text is distinct from (id)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.c.id are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.c where p is not null and ((p::bigint)::bigint::integer)::text is distinct from (p)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.c.p are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.c ALTER COLUMN id TYPE bigint USING id::bigint, ALTER COLUMN p TYPE bigint USING p::bigint;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 alter public.c: id bigint, p bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 alter public.p: id bigint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.p') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
\echo '2/4 alter public.p: id bigint'
DO 'BEGIN IF (select count(*) from public.p where id is not null and ((id::bigint)::bigint::integer)::text is distinct from (id)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.p.id are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.p ALTER COLUMN id TYPE bigint USING id::bigint;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 alter public.p: id bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 analyze public.c
\if :changed
\echo '3/4 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif

-- 4/4 analyze public.p
\if :changed
\echo '4/4 analyze public.p'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p;
\endif
