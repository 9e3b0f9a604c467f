-- 7 steps in 5 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.stays: room bigint: table public.stays is rewritten while readers and writers are stopped (1 row, 16 kB)

-- 1/7 drop trigger public.stays.note_key
-- 2/7 alter public.stays: room bigint
-- 3/7 create trigger public.stays.note_key
SELECT $$(not (exists (select from pg_trigger where tgrelid = to_regclass('public.stays') and tgname = 'note_key' and not tgisinternal and true)) or exists (select from pg_attribute where attrelid = to_regclass('public.stays') and attname = 'room' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.stays') and attname = 'room' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2,
       $$exists (select from pg_trigger where tgrelid = to_regclass('public.stays') and tgname = 'note_key' and not tgisinternal and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.stays IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 drop trigger public.stays.note_key'
DROP TRIGGER note_key ON public.stays;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 drop trigger public.stays.note_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 alter public.stays: room bigint'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO 'BEGIN IF (select count(*) from public.stays where room is not null and ((room::bigint)::bigint::integer)::text is distinct from (room)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.stays.room are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.stays ALTER COLUMN room TYPE bigint USING room::bigint;
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
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 alter public.stays: room bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 create trigger public.stays.note_key'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE TRIGGER note_key BEFORE UPDATE OF room, kind ON public.stays FOR EACH ROW EXECUTE FUNCTION public.note_key();
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 create trigger public.stays.note_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/7 build index public.schemawarden_key_2c5b2e25
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_key_2c5b2e25') and indrelid = to_regclass('public.stays') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.stays') and conname in ('stays_pk') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['room']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 build index public.schemawarden_key_2c5b2e25'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_key_2c5b2e25 ON public.stays USING btree (room);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 build index public.schemawarden_key_2c5b2e25: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/7 make public.stays.stays_pk the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.stays') and conname = 'stays_pk' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['room']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.stays IN ACCESS EXCLUSIVE MODE;
\echo '5/7 make public.stays.stays_pk the primary key'
ALTER TABLE public.stays DROP CONSTRAINT stays_pk, ADD CONSTRAINT stays_pk PRIMARY KEY USING INDEX schemawarden_key_2c5b2e25;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 make public.stays.stays_pk the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/7 drop NOT NULL from public.stays.begins
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.stays') and attname = 'begins' and not attisdropped and not attnotnull)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/7 drop NOT NULL from public.stays.begins'
ALTER TABLE public.stays ALTER COLUMN begins DROP NOT NULL;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 drop NOT NULL from public.stays.begins: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/7 analyze public.stays
\if :changed
\echo '7/7 analyze public.stays'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.stays;
\endif
