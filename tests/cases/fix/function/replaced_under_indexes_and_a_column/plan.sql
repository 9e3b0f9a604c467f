-- 14 steps in 10 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/14 add marker constraint: public.u.g must be recomputed
-- 2/14 rename index public.u_n to schemawarden_stale_f7a4330a until it is rebuilt
-- 3/14 rename index public.u_short to schemawarden_stale_f5c19172 until it is rebuilt
-- 4/14 replace function public.n(text)
SELECT $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'schemawarden_stale_083bf9d7' and true))$$ AS end_1,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or not (exists (select from pg_index where indexrelid = to_regclass('public.u_n') and indrelid = to_regclass('public.u') and true)))$$ AS end_2,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or not (exists (select from pg_index where indexrelid = to_regclass('public.u_short') and indrelid = to_regclass('public.u') and true)))$$ AS end_3,
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
\echo '1/14 add marker constraint: public.u.g must be recomputed'
ALTER TABLE public.u ADD CONSTRAINT schemawarden_stale_083bf9d7 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/14 add marker constraint: public.u.g must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/14 rename index public.u_n to schemawarden_stale_f7a4330a until it is rebuilt'
ALTER INDEX public.u_n RENAME TO schemawarden_stale_f7a4330a;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/14 rename index public.u_n to schemawarden_stale_f7a4330a until it is rebuilt: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/14 rename index public.u_short to schemawarden_stale_f5c19172 until it is rebuilt'
ALTER INDEX public.u_short RENAME TO schemawarden_stale_f5c19172;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/14 rename index public.u_short to schemawarden_stale_f5c19172 until it is rebuilt: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/14 replace function public.n(text)'
CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select replace(lower($1), ' ', '') $function$
;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/14 replace function public.n(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/14 build index public.schemawarden_idx_f5c19172
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_f5c19172') and indrelid = to_regclass('public.u') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.u_short') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/14 build index public.schemawarden_idx_f5c19172'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY schemawarden_idx_f5c19172 ON public.u USING btree (f) WHERE public.is_short(public.n(e));
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/14 build index public.schemawarden_idx_f5c19172: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/14 rename index public.schemawarden_idx_f5c19172 to u_short
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.u_short') and indrelid = to_regclass('public.u') and indisvalid)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/14 rename index public.schemawarden_idx_f5c19172 to u_short'
ALTER INDEX public.schemawarden_idx_f5c19172 RENAME TO u_short;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/14 rename index public.schemawarden_idx_f5c19172 to u_short: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/14 build index public.schemawarden_idx_f7a4330a
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_f7a4330a') and indrelid = to_regclass('public.u') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.u_n') and indrelid = to_regclass('public.u') and indisvalid))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/14 build index public.schemawarden_idx_f7a4330a'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_idx_f7a4330a ON public.u USING btree (public.n(e));
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/14 build index public.schemawarden_idx_f7a4330a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/14 rename index public.schemawarden_idx_f7a4330a to u_n
-- 9/14 comment on public.u.u_n
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.u_n') and indrelid = to_regclass('public.u') and indisvalid)$$ AS end_8,
       $$exists (select from pg_index where indexrelid = to_regclass('public.u_n') and indrelid = to_regclass('public.u') and obj_description(indexrelid, 'pg_class') = 'by name')$$ AS end_9 \gset
SELECT NOT ((:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/14 rename index public.schemawarden_idx_f7a4330a to u_n'
ALTER INDEX public.schemawarden_idx_f7a4330a RENAME TO u_n;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/14 rename index public.schemawarden_idx_f7a4330a to u_n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/14 comment on public.u.u_n'
COMMENT ON INDEX public.u_n IS 'by name';
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/14 comment on public.u.u_n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/14 drop index public.u.schemawarden_stale_f5c19172
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_stale_f5c19172') and indrelid = to_regclass('public.u') and true))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/14 drop index public.u.schemawarden_stale_f5c19172'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.schemawarden_stale_f5c19172;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/14 drop index public.u.schemawarden_stale_f5c19172: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/14 drop index public.u.schemawarden_stale_f7a4330a
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_stale_f7a4330a') and indrelid = to_regclass('public.u') and true))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/14 drop index public.u.schemawarden_stale_f7a4330a'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.schemawarden_stale_f7a4330a;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/14 drop index public.u.schemawarden_stale_f7a4330a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 12/14 recompute public.u.g
SELECT $$not exists (select from ONLY public.u where pg_catalog.record_image_ne(row(g), row((public.n(e))::text)))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/14 recompute public.u.g'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.u') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.u SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(g), row((public.n(e))::text))$$ USING first, behind;
    COMMIT;
  END LOOP;
END$sql$;
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
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/14 recompute public.u.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/14 drop mark schemawarden_stale_083bf9d7 from public.u
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'schemawarden_stale_083bf9d7' and true))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '13/14 drop mark schemawarden_stale_083bf9d7 from public.u'
ALTER TABLE public.u DROP CONSTRAINT schemawarden_stale_083bf9d7;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/14 drop mark schemawarden_stale_083bf9d7 from public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 14/14 analyze public.u
\if :changed
\echo '14/14 analyze public.u'
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
