-- 8 steps in 8 transactions; no session is stopped; hazards: none

-- 1/8 build index public.by_brin
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.by_brin') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.by_brin') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/8 build index public.by_brin'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY by_brin ON public.t USING brin (id) WITH (pages_per_range='4');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 build index public.by_brin: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/8 build index public.by_expression
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.by_expression') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.by_expression') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/8 build index public.by_expression'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY by_expression ON public.t USING btree (lower(a) text_pattern_ops, ((b * 2)));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 build index public.by_expression: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/8 build index public.by_gin
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.by_gin') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.by_gin') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 build index public.by_gin'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY by_gin ON public.t USING gin (j jsonb_path_ops) WITH (fastupdate=off);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 build index public.by_gin: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/8 build index public.by_gist
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.by_gist') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.by_gist') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/8 build index public.by_gist'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY by_gist ON public.t USING gist (r);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 build index public.by_gist: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/8 build index public.by_hash
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.by_hash') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.by_hash') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/8 build index public.by_hash'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY by_hash ON public.t USING hash (a);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 build index public.by_hash: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/8 build index public.by_spgist
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.by_spgist') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.by_spgist') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 build index public.by_spgist'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY by_spgist ON public.t USING spgist (a);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 build index public.by_spgist: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/8 build index public.covering
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.covering') and indrelid = to_regclass('public.t') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.covering') and indrelid = to_regclass('public.t') and indisvalid))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/8 build index public.covering'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY covering ON public.t USING btree (b) INCLUDE (a) WITH (fillfactor='50');
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/8 build index public.covering: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/8 analyze public.t
\if :changed
\echo '8/8 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
