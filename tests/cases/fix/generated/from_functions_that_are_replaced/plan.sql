-- 21 steps in 15 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- warning: column public.t.short is NOT NULL, and whether public.f(text), which the plan replaces, gives a value to each row cannot be checked beforehand: at the first row without one, recomputing stops, and the rows before that one keep their new values

-- 1/21 add marker constraint: public.t.doc must be recomputed
-- 2/21 replace function public.j(text)
SELECT $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'j' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.j(text)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$ select json_build_object(''a'', $1) $function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_2f038a82' and true))$$ AS end_1,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'j' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.j(text)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$ select json_build_object(''a'', $1) $function$
')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/21 add marker constraint: public.t.doc must be recomputed'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_stale_2f038a82 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/21 add marker constraint: public.t.doc must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/21 replace function public.j(text)'
CREATE OR REPLACE FUNCTION public.j(text)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$ select json_build_object('b', $1) $function$
;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/21 replace function public.j(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/21 add marker constraint: public.t.pair must be recomputed
-- 4/21 add marker constraint: public.t.short must be recomputed
-- 5/21 replace function public.f(text)
SELECT $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
RETURN lower($1)
') or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_5e4f0ed4' and true))$$ AS end_3,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
RETURN lower($1)
') or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_0d86edb0' and true))$$ AS end_4,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'f' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.f(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
RETURN lower($1)
')$$ AS end_5 \gset
SELECT NOT ((:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/21 add marker constraint: public.t.pair must be recomputed'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_stale_5e4f0ed4 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/21 add marker constraint: public.t.pair must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/21 add marker constraint: public.t.short must be recomputed'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_stale_0d86edb0 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/21 add marker constraint: public.t.short must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/21 replace function public.f(text)'
CREATE OR REPLACE FUNCTION public.f(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
RETURN replace(lower($1), ' '::text, ''::text)
;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/21 replace function public.f(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/21 add marker constraint: public.t.n must be recomputed
-- 7/21 add marker constraint: public.t.pair must be recomputed
-- 8/21 rename index public.t_n to schemawarden_stale_80deae9b until it is rebuilt
-- 9/21 replace function public.h(integer)
SELECT $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'h' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.h(integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 * 1.0$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_ea4d1d8c' and true))$$ AS end_6,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'h' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.h(integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 * 1.0$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_5e4f0ed4' and true))$$ AS end_7,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'h' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.h(integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 * 1.0$function$
') or not (exists (select from pg_index where indexrelid = to_regclass('public.t_n') and indrelid = to_regclass('public.t') and true)))$$ AS end_8,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'h' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.h(integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 * 1.0$function$
')$$ AS end_9 \gset
SELECT NOT ((:end_6) AND (:end_7) AND (:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/21 add marker constraint: public.t.n must be recomputed'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_stale_ea4d1d8c CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/21 add marker constraint: public.t.n must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/21 add marker constraint: public.t.pair must be recomputed'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_stale_5e4f0ed4 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/21 add marker constraint: public.t.pair must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/21 rename index public.t_n to schemawarden_stale_80deae9b until it is rebuilt'
ALTER INDEX public.t_n RENAME TO schemawarden_stale_80deae9b;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/21 rename index public.t_n to schemawarden_stale_80deae9b until it is rebuilt: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/21 replace function public.h(integer)'
CREATE OR REPLACE FUNCTION public.h(integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 * 1.00$function$
;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/21 replace function public.h(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/21 build index public.schemawarden_idx_80deae9b
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_80deae9b') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_n') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/21 build index public.schemawarden_idx_80deae9b'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
CREATE INDEX CONCURRENTLY schemawarden_idx_80deae9b ON public.t USING btree (public.h(id));
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
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/21 build index public.schemawarden_idx_80deae9b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/21 rename index public.schemawarden_idx_80deae9b to t_n
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_n') and indrelid = to_regclass('public.t') and indisvalid)$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '11/21 rename index public.schemawarden_idx_80deae9b to t_n'
ALTER INDEX public.schemawarden_idx_80deae9b RENAME TO t_n;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/21 rename index public.schemawarden_idx_80deae9b to t_n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/21 drop index public.t.schemawarden_stale_80deae9b
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_stale_80deae9b') and indrelid = to_regclass('public.t') and true))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/21 drop index public.t.schemawarden_stale_80deae9b'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.schemawarden_stale_80deae9b;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/21 drop index public.t.schemawarden_stale_80deae9b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/21 recompute public.t.doc
SELECT $$not exists (select from ONLY public.t where pg_catalog.record_image_ne(row(doc), row((public.j(e))::json)))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/21 recompute public.t.doc'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.t SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(doc), row((public.j(e))::json))$$ USING first, behind;
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
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/21 recompute public.t.doc: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 14/21 drop mark schemawarden_stale_2f038a82 from public.t
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_2f038a82' and true))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '14/21 drop mark schemawarden_stale_2f038a82 from public.t'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_stale_2f038a82;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/21 drop mark schemawarden_stale_2f038a82 from public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/21 recompute public.t.n
SELECT $$not exists (select from ONLY public.t where pg_catalog.record_image_ne(row(n), row((public.h(length(e)))::numeric)))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/21 recompute public.t.n'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.t SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(n), row((public.h(length(e)))::numeric))$$ USING first, behind;
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
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/21 recompute public.t.n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 16/21 drop mark schemawarden_stale_ea4d1d8c from public.t
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_ea4d1d8c' and true))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '16/21 drop mark schemawarden_stale_ea4d1d8c from public.t'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_stale_ea4d1d8c;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/21 drop mark schemawarden_stale_ea4d1d8c from public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/21 recompute public.t.pair
SELECT $$not exists (select from ONLY public.t where pg_catalog.record_image_ne(row(pair), row(((public.f(e) || public.h(id)))::text)))$$ AS end_17 \gset
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/21 recompute public.t.pair'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.t SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(pair), row(((public.f(e) || public.h(id)))::text))$$ USING first, behind;
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
SELECT (:end_17) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/21 recompute public.t.pair: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 18/21 drop mark schemawarden_stale_5e4f0ed4 from public.t
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_5e4f0ed4' and true))$$ AS end_18 \gset
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '18/21 drop mark schemawarden_stale_5e4f0ed4 from public.t'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_stale_5e4f0ed4;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/21 drop mark schemawarden_stale_5e4f0ed4 from public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 19/21 recompute public.t.short
SELECT $$not exists (select from ONLY public.t where pg_catalog.record_image_ne(row(short), row(((public.g(e) || id))::character varying(20))))$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
\echo '19/21 recompute public.t.short'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.t') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.t SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(short), row(((public.g(e) || id))::character varying(20)))$$ USING first, behind;
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
SELECT (:end_19) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/21 recompute public.t.short: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 20/21 drop mark schemawarden_stale_0d86edb0 from public.t
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'schemawarden_stale_0d86edb0' and true))$$ AS end_20 \gset
SELECT NOT ((:end_20)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '20/21 drop mark schemawarden_stale_0d86edb0 from public.t'
ALTER TABLE public.t DROP CONSTRAINT schemawarden_stale_0d86edb0;
SELECT (:end_20) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '20/21 drop mark schemawarden_stale_0d86edb0 from public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 21/21 analyze public.t
\if :changed
\echo '21/21 analyze public.t'
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
