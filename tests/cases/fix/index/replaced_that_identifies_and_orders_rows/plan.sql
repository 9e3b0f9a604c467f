-- 9 steps in 9 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 build index public.schemawarden_idx_707c3538
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_707c3538') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_b') and indrelid = to_regclass('public.t') and indisvalid and indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b']))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/9 build index public.schemawarden_idx_707c3538'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_idx_707c3538 ON public.t USING btree (b DESC);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 build index public.schemawarden_idx_707c3538: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/9 set the replica identity of public.t to USING INDEX schemawarden_idx_707c3538
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_707c3538') and indrelid = to_regclass('public.t') and indisreplident) or exists (select from pg_index where indexrelid = to_regclass('public.t_b') and indrelid = to_regclass('public.t') and indisvalid and indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b']))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/9 set the replica identity of public.t to USING INDEX schemawarden_idx_707c3538'
ALTER TABLE public.t REPLICA IDENTITY USING INDEX schemawarden_idx_707c3538;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 set the replica identity of public.t to USING INDEX schemawarden_idx_707c3538: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/9 drop index public.t.t_b
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_b') and indrelid = to_regclass('public.t') and not (indisvalid and indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b'])))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 drop index public.t.t_b'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_b;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 drop index public.t.t_b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/9 rename index public.schemawarden_idx_707c3538 to t_b
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_b') and indrelid = to_regclass('public.t') and indisvalid and indisunique and indpred is null and indoption::text = '3' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['b'])$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/9 rename index public.schemawarden_idx_707c3538 to t_b'
ALTER INDEX public.schemawarden_idx_707c3538 RENAME TO t_b;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 rename index public.schemawarden_idx_707c3538 to t_b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/9 build index public.schemawarden_idx_cb757730
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_cb757730') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.t_a') and indrelid = to_regclass('public.t') and indisvalid and indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['a', 'b']))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 build index public.schemawarden_idx_cb757730'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_idx_cb757730 ON public.t USING btree (a, b);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 build index public.schemawarden_idx_cb757730: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/9 set the clustering index of public.t
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_idx_cb757730') and indrelid = to_regclass('public.t') and indisclustered) or exists (select from pg_index where indexrelid = to_regclass('public.t_a') and indrelid = to_regclass('public.t') and indisvalid and indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['a', 'b']))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/9 set the clustering index of public.t'
ALTER TABLE public.t CLUSTER ON schemawarden_idx_cb757730;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 set the clustering index of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/9 drop index public.t.t_a
SELECT $$not (exists (select from pg_index where indexrelid = to_regclass('public.t_a') and indrelid = to_regclass('public.t') and not (indisvalid and indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['a', 'b'])))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 drop index public.t.t_a'
SET lock_timeout = '30min';
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.t_a;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 drop index public.t.t_a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/9 rename index public.schemawarden_idx_cb757730 to t_a
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_a') and indrelid = to_regclass('public.t') and indisvalid and indisunique and indpred is null and indoption::text = '0 0' and array(select coalesce(quote_ident(attname), '') from unnest(indkey::int2[]) with ordinality as k (number, at) left join pg_attribute on attrelid = indrelid and attnum = number and number <> 0 order by at) = array['a', 'b'])$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/9 rename index public.schemawarden_idx_cb757730 to t_a'
ALTER INDEX public.schemawarden_idx_cb757730 RENAME TO t_a;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/9 rename index public.schemawarden_idx_cb757730 to t_a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/9 analyze public.t
\if :changed
\echo '9/9 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
