-- 27 steps in 20 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/27 add marker constraint: public.a.g must be recomputed
-- 2/27 add marker constraint: public.b.g must be recomputed
-- 3/27 add marker constraint: public.p_0.g must be recomputed
-- 4/27 add marker constraint: public.p_1.g must be recomputed
-- 5/27 add marker constraint: public.p_0.p_0_n_idx must be recomputed
-- 6/27 add marker constraint: public.p_1.p_1_n_idx must be recomputed
-- 7/27 add marker constraint: public.u.u_n must be recomputed
-- 8/27 replace function public.n(text)
SELECT $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_stale_38be2eb6' and true))$$ AS end_1,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_stale_ee935da3' and true))$$ AS end_2,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.p_0') and conname = 'schemawarden_stale_b002d902' and true))$$ AS end_3,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname = 'schemawarden_stale_d1574cd0' and true))$$ AS end_4,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.p_0') and conname = 'schemawarden_anew_2d8dfe7c' and true))$$ AS end_5,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname = 'schemawarden_anew_a2c00741' and true))$$ AS end_6,
       $$(exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
') or exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'schemawarden_anew_f7a4330a' and true))$$ AS end_7,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$select lower($1)$function$
')$$ AS end_8 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/27 add marker constraint: public.a.g must be recomputed'
ALTER TABLE public.a ADD CONSTRAINT schemawarden_stale_38be2eb6 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/27 add marker constraint: public.a.g must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/27 add marker constraint: public.b.g must be recomputed'
ALTER TABLE public.b ADD CONSTRAINT schemawarden_stale_ee935da3 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/27 add marker constraint: public.b.g must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/27 add marker constraint: public.p_0.g must be recomputed'
ALTER TABLE public.p_0 ADD CONSTRAINT schemawarden_stale_b002d902 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/27 add marker constraint: public.p_0.g must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/27 add marker constraint: public.p_1.g must be recomputed'
ALTER TABLE public.p_1 ADD CONSTRAINT schemawarden_stale_d1574cd0 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/27 add marker constraint: public.p_1.g must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/27 add marker constraint: public.p_0.p_0_n_idx must be recomputed'
ALTER TABLE public.p_0 ADD CONSTRAINT schemawarden_anew_2d8dfe7c CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/27 add marker constraint: public.p_0.p_0_n_idx must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/27 add marker constraint: public.p_1.p_1_n_idx must be recomputed'
ALTER TABLE public.p_1 ADD CONSTRAINT schemawarden_anew_a2c00741 CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/27 add marker constraint: public.p_1.p_1_n_idx must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/27 add marker constraint: public.u.u_n must be recomputed'
ALTER TABLE public.u ADD CONSTRAINT schemawarden_anew_f7a4330a CHECK (true) NO INHERIT NOT VALID;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/27 add marker constraint: public.u.u_n must be recomputed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/27 replace function public.n(text)'
CREATE OR REPLACE FUNCTION public.n(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select replace(lower($1), ' ', '') $function$
;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/27 replace function public.n(text): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 9/27 rebuild index public.p_0_n_idx
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.p_0') and conname = 'schemawarden_anew_2d8dfe7c' and true)) or (exists (select from pg_index where indexrelid = to_regclass('public.p_0_n_idx') and indrelid = to_regclass('public.p_0') and indisvalid and age(xmin) < (select age(xmin) from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text'))))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/27 rebuild index public.p_0_n_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
REINDEX INDEX CONCURRENTLY public.p_0_n_idx;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/27 rebuild index public.p_0_n_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/27 drop mark schemawarden_anew_2d8dfe7c from public.p_0
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.p_0') and conname = 'schemawarden_anew_2d8dfe7c' and true))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '10/27 drop mark schemawarden_anew_2d8dfe7c from public.p_0'
ALTER TABLE public.p_0 DROP CONSTRAINT schemawarden_anew_2d8dfe7c;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/27 drop mark schemawarden_anew_2d8dfe7c from public.p_0: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/27 rebuild index public.p_1_n_idx
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname = 'schemawarden_anew_a2c00741' and true)) or (exists (select from pg_index where indexrelid = to_regclass('public.p_1_n_idx') and indrelid = to_regclass('public.p_1') and indisvalid and age(xmin) < (select age(xmin) from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text'))))$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/27 rebuild index public.p_1_n_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
REINDEX INDEX CONCURRENTLY public.p_1_n_idx;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/27 rebuild index public.p_1_n_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 12/27 drop mark schemawarden_anew_a2c00741 from public.p_1
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname = 'schemawarden_anew_a2c00741' and true))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '12/27 drop mark schemawarden_anew_a2c00741 from public.p_1'
ALTER TABLE public.p_1 DROP CONSTRAINT schemawarden_anew_a2c00741;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/27 drop mark schemawarden_anew_a2c00741 from public.p_1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 13/27 rebuild index public.u_n
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'schemawarden_anew_f7a4330a' and true)) or (exists (select from pg_index where indexrelid = to_regclass('public.u_n') and indrelid = to_regclass('public.u') and indisvalid and age(xmin) < (select age(xmin) from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'text'))))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/27 rebuild index public.u_n'
SET lock_timeout = '30min';
SET statement_timeout = 0;
SET row_security = 'on';
SET search_path = "$user", public;
REINDEX INDEX CONCURRENTLY public.u_n;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/27 rebuild index public.u_n: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 14/27 drop mark schemawarden_anew_f7a4330a from public.u
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.u') and conname = 'schemawarden_anew_f7a4330a' and true))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '14/27 drop mark schemawarden_anew_f7a4330a from public.u'
ALTER TABLE public.u DROP CONSTRAINT schemawarden_anew_f7a4330a;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/27 drop mark schemawarden_anew_f7a4330a from public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 15/27 recompute public.a.g
SELECT $$not exists (select from ONLY public.a where pg_catalog.record_image_ne(row(g), row((public.n(e))::text)))$$ AS end_15 \gset
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/27 recompute public.a.g'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.a') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.a SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(g), row((public.n(e))::text))$$ USING first, behind;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/27 recompute public.a.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 16/27 drop mark schemawarden_stale_38be2eb6 from public.a
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_stale_38be2eb6' and true))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '16/27 drop mark schemawarden_stale_38be2eb6 from public.a'
ALTER TABLE public.a DROP CONSTRAINT schemawarden_stale_38be2eb6;
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/27 drop mark schemawarden_stale_38be2eb6 from public.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 17/27 recompute public.b.g
SELECT $$not exists (select from ONLY public.b where pg_catalog.record_image_ne(row(g), row((public.n(e))::text)))$$ AS end_17 \gset
SELECT NOT ((:end_17)) AS todo \gset
\if :todo
\echo '17/27 recompute public.b.g'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.b') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.b SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(g), row((public.n(e))::text))$$ USING first, behind;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '17/27 recompute public.b.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 18/27 drop mark schemawarden_stale_ee935da3 from public.b
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_stale_ee935da3' and true))$$ AS end_18 \gset
SELECT NOT ((:end_18)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '18/27 drop mark schemawarden_stale_ee935da3 from public.b'
ALTER TABLE public.b DROP CONSTRAINT schemawarden_stale_ee935da3;
SELECT (:end_18) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '18/27 drop mark schemawarden_stale_ee935da3 from public.b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 19/27 recompute public.p_0.g
SELECT $$not exists (select from ONLY public.p_0 where pg_catalog.record_image_ne(row(g), row((public.n(e))::text)))$$ AS end_19 \gset
SELECT NOT ((:end_19)) AS todo \gset
\if :todo
\echo '19/27 recompute public.p_0.g'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.p_0') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.p_0 SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(g), row((public.n(e))::text))$$ USING first, behind;
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
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '19/27 recompute public.p_0.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 20/27 drop mark schemawarden_stale_b002d902 from public.p_0
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.p_0') and conname = 'schemawarden_stale_b002d902' and true))$$ AS end_20 \gset
SELECT NOT ((:end_20)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '20/27 drop mark schemawarden_stale_b002d902 from public.p_0'
ALTER TABLE public.p_0 DROP CONSTRAINT schemawarden_stale_b002d902;
SELECT (:end_20) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '20/27 drop mark schemawarden_stale_b002d902 from public.p_0: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 21/27 recompute public.p_1.g
SELECT $$not exists (select from ONLY public.p_1 where pg_catalog.record_image_ne(row(g), row((public.n(e))::text)))$$ AS end_21 \gset
SELECT NOT ((:end_21)) AS todo \gset
\if :todo
\echo '21/27 recompute public.p_1.g'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO $sql$DECLARE
  last bigint := pg_relation_size('public.p_1') / current_setting('block_size')::bigint;
  first tid;
  behind tid;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    SELECT format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid INTO first, behind;
    SET LOCAL row_security = 'on';
    SET LOCAL search_path = "$user", public;
    EXECUTE $$UPDATE ONLY public.p_1 SET e = e WHERE ctid >= $1::tid AND ctid < $2::tid AND pg_catalog.record_image_ne(row(g), row((public.n(e))::text))$$ USING first, behind;
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
SELECT (:end_21) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '21/27 recompute public.p_1.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 22/27 drop mark schemawarden_stale_d1574cd0 from public.p_1
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname = 'schemawarden_stale_d1574cd0' and true))$$ AS end_22 \gset
SELECT NOT ((:end_22)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '22/27 drop mark schemawarden_stale_d1574cd0 from public.p_1'
ALTER TABLE public.p_1 DROP CONSTRAINT schemawarden_stale_d1574cd0;
SELECT (:end_22) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '22/27 drop mark schemawarden_stale_d1574cd0 from public.p_1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 23/27 analyze public.a
\if :changed
\echo '23/27 analyze public.a'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.a;
\endif

-- 24/27 analyze public.b
\if :changed
\echo '24/27 analyze public.b'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.b;
\endif

-- 25/27 analyze public.p_0
\if :changed
\echo '25/27 analyze public.p_0'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ANALYZE public.p_0;
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

-- 26/27 analyze public.p_1
\if :changed
\echo '26/27 analyze public.p_1'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
ANALYZE public.p_1;
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

-- 27/27 analyze public.u
\if :changed
\echo '27/27 analyze public.u'
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
