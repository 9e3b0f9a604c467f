-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 rename public.t.one to schemawarden_name_7667ba0d
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_name_7667ba0d') and indrelid = to_regclass('public.t') and true) or exists (select from pg_index where indexrelid = to_regclass('public.two') and indrelid = to_regclass('public.t') and not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (a)')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 rename public.t.one to schemawarden_name_7667ba0d'
ALTER INDEX public.one RENAME TO schemawarden_name_7667ba0d;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 rename public.t.one to schemawarden_name_7667ba0d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 rename public.t.two to schemawarden_name_3ce6ef15
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_name_3ce6ef15') and indrelid = to_regclass('public.t') and true) or exists (select from pg_index where indexrelid = to_regclass('public.one') and indrelid = to_regclass('public.t') and not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (b)')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 rename public.t.two to schemawarden_name_3ce6ef15'
ALTER INDEX public.two RENAME TO schemawarden_name_3ce6ef15;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 rename public.t.two to schemawarden_name_3ce6ef15: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 rename public.t.schemawarden_name_3ce6ef15 to one
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.one') and indrelid = to_regclass('public.t') and not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (b)'))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 rename public.t.schemawarden_name_3ce6ef15 to one'
ALTER INDEX public.schemawarden_name_3ce6ef15 RENAME TO one;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 rename public.t.schemawarden_name_3ce6ef15 to one: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 rename public.t.schemawarden_name_7667ba0d to two
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.two') and indrelid = to_regclass('public.t') and not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (a)'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 rename public.t.schemawarden_name_7667ba0d to two'
ALTER INDEX public.schemawarden_name_7667ba0d RENAME TO two;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 rename public.t.schemawarden_name_7667ba0d to two: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
