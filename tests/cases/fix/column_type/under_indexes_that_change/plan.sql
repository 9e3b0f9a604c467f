-- 10 steps in 6 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- data_loss: drop index public.t.t_recent: index public.t.t_recent (300 rows, 48 kB)
-- data_loss: drop index public.t.t_kind: index public.t.t_kind (300 rows, 48 kB)
-- table_rewrite: alter public.t: at timestamp with time zone, kind integer: table public.t is rewritten while readers and writers are stopped (300 rows, 48 kB)
-- data_loss: drop function public.rank(numeric, timestamp without time zone): function public.rank(numeric, timestamp without time zone)
-- warning: `alter public.t: at timestamp with time zone, kind integer` converts dates and times with the settings of the table owner's sessions: TimeZone UTC, DateStyle ISO, MDY, IntervalStyle postgres

-- 1/10 add column public.t.rank
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'rank' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/10 add column public.t.rank'
ALTER TABLE public.t ADD COLUMN rank double precision NOT NULL DEFAULT 0;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/10 add column public.t.rank: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/10 drop index public.t.t_recent
-- 3/10 drop index public.t.t_rank
-- 4/10 drop index public.t.t_lower
-- 5/10 drop index public.t.t_kind
-- 6/10 alter public.t: at timestamp with time zone, kind integer
SELECT $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_recent') and indrelid = to_regclass('public.t') and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'kind' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_2,
       $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_rank') and indrelid = to_regclass('public.t') and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'kind' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_3,
       $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_lower') and indrelid = to_regclass('public.t') and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'kind' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_4,
       $$(not (exists (select from pg_index where indexrelid = to_regclass('public.t_kind') and indrelid = to_regclass('public.t') and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'kind' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_5,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'at' and not attisdropped and format_type(atttypid, atttypmod) = 'timestamp with time zone' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'kind' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_6 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/10 drop index public.t.t_recent'
DROP INDEX public.t_recent;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/10 drop index public.t.t_recent: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/10 drop index public.t.t_rank'
DROP INDEX public.t_rank;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/10 drop index public.t.t_rank: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/10 drop index public.t.t_lower'
DROP INDEX public.t_lower;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/10 drop index public.t.t_lower: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/10 drop index public.t.t_kind'
DROP INDEX public.t_kind;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/10 drop index public.t.t_kind: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/10 alter public.t: at timestamp with time zone, kind integer'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO 'BEGIN IF (select count(*) from public.t where at is not null and ((at::timestamp with time zone)::timestamp with time zone::timestamp without time zone)::text is distinct from (at)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.at are not the same after the conversion to timestamp with time zone and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.t where kind is not null and ((kind::integer)::integer::text)::text is distinct from (kind)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.kind are not the same after the conversion to integer and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN at TYPE timestamp with time zone, ALTER COLUMN kind TYPE integer USING kind::integer;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/10 alter public.t: at timestamp with time zone, kind integer: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/10 build index public.t_lower
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_lower') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_lower') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/10 build index public.t_lower'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY t_lower ON public.t USING btree (abs(kind));
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/10 build index public.t_lower: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/10 build index public.t_rank
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_rank') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_rank') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/10 build index public.t_rank'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY t_rank ON public.t USING btree (rank DESC, score DESC);
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/10 build index public.t_rank: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/10 drop function public.rank(numeric, timestamp without time zone)
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'rank' and oidvectortypes(proargtypes) = 'numeric, timestamp without time zone' and true))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '9/10 drop function public.rank(numeric, timestamp without time zone)'
DROP FUNCTION public.rank(numeric, timestamp without time zone);
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/10 drop function public.rank(numeric, timestamp without time zone): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/10 analyze public.t
\if :changed
\echo '10/10 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ANALYZE public.t;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
COMMIT;
\endif
