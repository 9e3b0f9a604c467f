-- 2 steps in 2 transactions; readers and writers are stopped while a table is written anew; hazards: table_rewrite
-- table_rewrite: alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]: table public.t is written anew while nobody can use it (2 rows, 16 kB)

-- 1/2 alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'character(3)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'b' and not attisdropped and format_type(atttypid, atttypmod) = 'character(2)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'c' and not attisdropped and format_type(atttypid, atttypmod) = 'character(10)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'd' and not attisdropped and format_type(atttypid, atttypmod) = 'character(4)' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'e' and not attisdropped and format_type(atttypid, atttypmod) = 'character(4)[]' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/2 alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]'
ALTER TABLE public.t ALTER COLUMN a TYPE character(3) USING a::bpchar, ALTER COLUMN b TYPE character(2) USING b::bpchar, ALTER COLUMN c TYPE character(10) USING c::bpchar, ALTER COLUMN d TYPE character(4) USING d::bpchar, ALTER COLUMN e TYPE character(4)[] USING e::bpchar[];
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 alter public.t: a character(3), b character(2), c character(10), d character(4), e character(4)[]: done without an error, and yet it does not hold', HINT = 'Somebody else changes the same objects, or the plan is wrong: plan again.'; END$$;
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
