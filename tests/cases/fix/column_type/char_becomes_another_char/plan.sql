-- 2 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]: table public.t is rewritten while readers and writers are stopped (2 rows, 16 kB)

-- 1/2 alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'character(3)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'character(2)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and format_type(atttypid, atttypmod) = 'character(10)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and format_type(atttypid, atttypmod) = 'character(4)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'e' and not attisdropped and format_type(atttypid, atttypmod) = 'character(4)[]' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]'
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::bpchar)::character(3)::bpchar)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to character(3) and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where b is not null and ((b::bpchar)::character(2)::text)::text is distinct from (b)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.b are not the same after the conversion to character(2) and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where c is not null and ((c::bpchar)::character(10)::character varying)::text is distinct from (c)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.c are not the same after the conversion to character(10) and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where d is not null and ((d::bpchar)::character(4)::integer)::text is distinct from (d)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.d are not the same after the conversion to character(4) and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where e is not null and ((e::bpchar[])::character(4)[]::bpchar[])::text[]::text is distinct from (e)::text[]::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.e are not the same after the conversion to character(4)[] and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE character(3) USING a::bpchar, ALTER COLUMN b TYPE character(2) USING b::bpchar, ALTER COLUMN c TYPE character(10) USING c::bpchar, ALTER COLUMN d TYPE character(4) USING d::bpchar, ALTER COLUMN e TYPE character(4)[] USING e::bpchar[];
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 analyze public.t
\if :changed
\echo '2/2 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
