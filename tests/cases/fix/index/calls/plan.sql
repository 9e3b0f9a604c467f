-- 7 steps in 7 transactions; no session is stopped; hazards: none

-- 1/7 build index public.schemawarden_idx_d6ed105a
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_d6ed105a') and indrelid = to_regclass('public.author') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.author_two') and indrelid = to_regclass('public.author') and indisvalid and not (not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (lower(TRIM(BOTH FROM "Name")), ((id + 1)), COALESCE(code, ''''::character varying))', 'btree (lower(TRIM(BOTH FROM "Name")), (id + 1), COALESCE(code, ''''::character varying))'))))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/7 build index public.schemawarden_idx_d6ed105a'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY schemawarden_idx_d6ed105a ON public.author USING btree (lower("Name"), ((id + 1)), COALESCE(code, ''::character varying));
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 build index public.schemawarden_idx_d6ed105a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/7 drop index public.author.author_two
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.author_two') and indrelid = to_regclass('public.author') and not (indisvalid and not (not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (lower(TRIM(BOTH FROM "Name")), ((id + 1)), COALESCE(code, ''''::character varying))', 'btree (lower(TRIM(BOTH FROM "Name")), (id + 1), COALESCE(code, ''''::character varying))')))))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 drop index public.author.author_two'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.author_two;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 drop index public.author.author_two: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/7 rename index public.schemawarden_idx_d6ed105a to author_two
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.author_two') and indrelid = to_regclass('public.author') and indisvalid and not (not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (lower(TRIM(BOTH FROM "Name")), ((id + 1)), COALESCE(code, ''''::character varying))', 'btree (lower(TRIM(BOTH FROM "Name")), (id + 1), COALESCE(code, ''''::character varying))')))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/7 rename index public.schemawarden_idx_d6ed105a to author_two'
ALTER INDEX public.schemawarden_idx_d6ed105a RENAME TO author_two;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 rename index public.schemawarden_idx_d6ed105a to author_two: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/7 build index public.schemawarden_idx_dc700e5c
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_dc700e5c') and indrelid = to_regclass('public.author') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.author_code') and indrelid = to_regclass('public.author') and indisvalid and not (not indisunique and regexp_replace(regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', ''), ' WITH \([^)]*\)', '') in ('btree ((lower((code)::text))) WHERE (id > 5)', 'btree (lower((code)::text)) WHERE (id > 5)'))))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 build index public.schemawarden_idx_dc700e5c'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY schemawarden_idx_dc700e5c ON public.author USING btree ((upper((code)::text))) WITH (fillfactor='70') WHERE (id > 5);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 build index public.schemawarden_idx_dc700e5c: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/7 drop index public.author.author_code
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.author_code') and indrelid = to_regclass('public.author') and not (indisvalid and not (not indisunique and regexp_replace(regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', ''), ' WITH \([^)]*\)', '') in ('btree ((lower((code)::text))) WHERE (id > 5)', 'btree (lower((code)::text)) WHERE (id > 5)')))))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 drop index public.author.author_code'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.author_code;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 drop index public.author.author_code: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/7 rename index public.schemawarden_idx_dc700e5c to author_code
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.author_code') and indrelid = to_regclass('public.author') and indisvalid and not (not indisunique and regexp_replace(regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', ''), ' WITH \([^)]*\)', '') in ('btree ((lower((code)::text))) WHERE (id > 5)', 'btree (lower((code)::text)) WHERE (id > 5)')))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/7 rename index public.schemawarden_idx_dc700e5c to author_code'
ALTER INDEX public.schemawarden_idx_dc700e5c RENAME TO author_code;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 rename index public.schemawarden_idx_dc700e5c to author_code: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/7 analyze public.author
\if :changed
\echo '7/7 analyze public.author'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.author;
\endif
