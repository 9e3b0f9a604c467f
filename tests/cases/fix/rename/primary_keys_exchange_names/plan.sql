-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 rename public.a.b_pkey to schemawarden_name_cab87a88
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'schemawarden_name_cab87a88' and true) or exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1)))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 rename public.a.b_pkey to schemawarden_name_cab87a88'
ALTER TABLE public.a RENAME CONSTRAINT b_pkey TO schemawarden_name_cab87a88;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 rename public.a.b_pkey to schemawarden_name_cab87a88: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 rename public.b.a_pkey to schemawarden_name_7af3fe43
SELECT $$(exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'schemawarden_name_7af3fe43' and true) or exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1)))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 rename public.b.a_pkey to schemawarden_name_7af3fe43'
ALTER TABLE public.b RENAME CONSTRAINT a_pkey TO schemawarden_name_7af3fe43;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 rename public.b.a_pkey to schemawarden_name_7af3fe43: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 rename public.a.schemawarden_name_cab87a88 to a_pkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.a') and conname = 'a_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 rename public.a.schemawarden_name_cab87a88 to a_pkey'
ALTER TABLE public.a RENAME CONSTRAINT schemawarden_name_cab87a88 TO a_pkey;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 rename public.a.schemawarden_name_cab87a88 to a_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 rename public.b.schemawarden_name_7af3fe43 to b_pkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.b') and conname = 'b_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 rename public.b.schemawarden_name_7af3fe43 to b_pkey'
ALTER TABLE public.b RENAME CONSTRAINT schemawarden_name_7af3fe43 TO b_pkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 rename public.b.schemawarden_name_7af3fe43 to b_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
