-- 20 steps in 17 transactions; no session is stopped; hazards: data_loss
-- data_loss: drop index public.u.goes: index public.u.goes (1,000 rows, 80 kB)

-- 1/20 rename index public.before to schemawarden_stale_8ce189db until it is rebuilt
-- 2/20 rename index public.clustered to schemawarden_stale_4e6920b2 until it is rebuilt
-- 3/20 rename index public.options to schemawarden_stale_5133ede2 until it is rebuilt
-- 4/20 replace function public.n(text)
SELECT $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or not (exists (select from pg_index where indexrelid = to_regclass('public.before') and indrelid = to_regclass('public.u') and true)))$$ AS end_1,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or not (exists (select from pg_index where indexrelid = to_regclass('public.clustered') and indrelid = to_regclass('public.u') and true)))$$ AS end_2,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or not (exists (select from pg_index where indexrelid = to_regclass('public.options') and indrelid = to_regclass('public.u') and true)))$$ AS end_3,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
')$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/20 rename index public.before to schemawarden_stale_8ce189db until it is rebuilt'
ALTER INDEX public.before RENAME TO schemawarden_stale_8ce189db;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/20 rename index public.before to schemawarden_stale_8ce189db until it is rebuilt: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/20 rename index public.clustered to schemawarden_stale_4e6920b2 until it is rebuilt'
ALTER INDEX public.clustered RENAME TO schemawarden_stale_4e6920b2;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/20 rename index public.clustered to schemawarden_stale_4e6920b2 until it is rebuilt: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/20 rename index public.options to schemawarden_stale_5133ede2 until it is rebuilt'
ALTER INDEX public.options RENAME TO schemawarden_stale_5133ede2;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/20 rename index public.options to schemawarden_stale_5133ede2 until it is rebuilt: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/20 replace function public.n(text)'
CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select replace(lower($1), ' ', '') $function$
;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/20 replace function public.n(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/20 build index public.schemawarden_idx_4e6920b2
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_4e6920b2') and indrelid = to_regclass('public.u') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.clustered') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/20 build index public.schemawarden_idx_4e6920b2'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY schemawarden_idx_4e6920b2 ON public.u USING btree (public.n(e), id);
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
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/20 build index public.schemawarden_idx_4e6920b2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/20 set the statistics target of public.schemawarden_idx_4e6920b2
SELECT $$(exists (select from pg_attribute where attrelid = to_regclass('public.schemawarden_idx_4e6920b2') and attnum = '1' and attstattarget = '7') or exists (select from pg_index where indexrelid = to_regclass('public.clustered') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/20 set the statistics target of public.schemawarden_idx_4e6920b2'
ALTER INDEX public.schemawarden_idx_4e6920b2 ALTER COLUMN 1 SET STATISTICS 7;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/20 set the statistics target of public.schemawarden_idx_4e6920b2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/20 set the clustering index of public.u
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_4e6920b2') and indrelid = to_regclass('public.u') and indisclustered) or exists (select from pg_index where indexrelid = to_regclass('public.clustered') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/20 set the clustering index of public.u'
ALTER TABLE public.u CLUSTER ON schemawarden_idx_4e6920b2;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/20 set the clustering index of public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/20 rename index public.schemawarden_idx_4e6920b2 to clustered
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.clustered') and indrelid = to_regclass('public.u') and indisvalid)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/20 rename index public.schemawarden_idx_4e6920b2 to clustered'
ALTER INDEX public.schemawarden_idx_4e6920b2 RENAME TO clustered;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/20 rename index public.schemawarden_idx_4e6920b2 to clustered: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/20 build index public.schemawarden_idx_5133ede2
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_5133ede2') and indrelid = to_regclass('public.u') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.options') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/20 build index public.schemawarden_idx_5133ede2'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY schemawarden_idx_5133ede2 ON public.u USING btree (public.n(e)) WITH (fillfactor='70');
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
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/20 build index public.schemawarden_idx_5133ede2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/20 rename index public.schemawarden_idx_5133ede2 to options
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.options') and indrelid = to_regclass('public.u') and indisvalid)$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '10/20 rename index public.schemawarden_idx_5133ede2 to options'
ALTER INDEX public.schemawarden_idx_5133ede2 RENAME TO options;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/20 rename index public.schemawarden_idx_5133ede2 to options: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/20 build index public.schemawarden_idx_8ce189db
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_8ce189db') and indrelid = to_regclass('public.u') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.after') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/20 build index public.schemawarden_idx_8ce189db'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY schemawarden_idx_8ce189db ON public.u USING btree (public.n(e) DESC);
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
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/20 build index public.schemawarden_idx_8ce189db: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 12/20 rename index public.schemawarden_idx_8ce189db to after
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.after') and indrelid = to_regclass('public.u') and indisvalid)$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '12/20 rename index public.schemawarden_idx_8ce189db to after'
ALTER INDEX public.schemawarden_idx_8ce189db RENAME TO after;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/20 rename index public.schemawarden_idx_8ce189db to after: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 13/20 build index public.schemawarden_idx_fd04666c
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_fd04666c') and indrelid = to_regclass('public.u') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.other') and indrelid = to_regclass('public.u') and indisvalid and not indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['', '']))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/20 build index public.schemawarden_idx_fd04666c'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY schemawarden_idx_fd04666c ON public.u USING btree (public.n(e), lower(e));
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
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/20 build index public.schemawarden_idx_fd04666c: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 14/20 drop index public.u.other
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.other') and indrelid = to_regclass('public.u') and not (indisvalid and not indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['', ''])))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/20 drop index public.u.other'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.other;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/20 drop index public.u.other: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 15/20 rename index public.schemawarden_idx_fd04666c to other
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.other') and indrelid = to_regclass('public.u') and indisvalid and not indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['', ''])$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '15/20 rename index public.schemawarden_idx_fd04666c to other'
ALTER INDEX public.schemawarden_idx_fd04666c RENAME TO other;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/20 rename index public.schemawarden_idx_fd04666c to other: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 16/20 drop index public.u.schemawarden_stale_4e6920b2
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_stale_4e6920b2') and indrelid = to_regclass('public.u') and true))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
\echo '16/20 drop index public.u.schemawarden_stale_4e6920b2'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.schemawarden_stale_4e6920b2;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/20 drop index public.u.schemawarden_stale_4e6920b2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 17/20 drop index public.u.schemawarden_stale_5133ede2
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_stale_5133ede2') and indrelid = to_regclass('public.u') and true))$$ AS end_17 \gset
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/20 drop index public.u.schemawarden_stale_5133ede2'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.schemawarden_stale_5133ede2;
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/20 drop index public.u.schemawarden_stale_5133ede2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 18/20 drop index public.u.schemawarden_stale_8ce189db
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_stale_8ce189db') and indrelid = to_regclass('public.u') and true))$$ AS end_18 \gset
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
\echo '18/20 drop index public.u.schemawarden_stale_8ce189db'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.schemawarden_stale_8ce189db;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/20 drop index public.u.schemawarden_stale_8ce189db: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 19/20 drop index public.u.goes
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.goes') and indrelid = to_regclass('public.u') and true))$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
\echo '19/20 drop index public.u.goes'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.goes;
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/20 drop index public.u.goes: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 20/20 analyze public.u
\if :changed
\echo '20/20 analyze public.u'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ANALYZE public.u;
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
