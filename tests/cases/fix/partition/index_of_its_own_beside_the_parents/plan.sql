-- 9 steps in 6 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 create table public.payments_2021
-- 2/9 create index public.payments_2021.payments_2021_id_idx
-- 3/9 attach partition public.payments_2021 to public.payments
-- 4/9 create index public.payments_2021.payments_2021_own
SELECT $$exists (select from pg_class where oid = to_regclass('public.payments_2021') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_index where indexrelid = to_regclass('public.payments_2021_id_idx') and indrelid = to_regclass('public.payments_2021') and true)$$ AS end_2,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.payments_2021') and inhparent = to_regclass('public.payments'))$$ AS end_3,
       $$exists (select from pg_index where indexrelid = to_regclass('public.payments_2021_own') and indrelid = to_regclass('public.payments_2021') and true)$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.payments IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/9 create table public.payments_2021'
CREATE TABLE public.payments_2021 (id bigint NOT NULL, paid_at date NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 create table public.payments_2021: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 create index public.payments_2021.payments_2021_id_idx'
CREATE INDEX payments_2021_id_idx ON public.payments_2021 USING btree (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 create index public.payments_2021.payments_2021_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 attach partition public.payments_2021 to public.payments'
ALTER TABLE public.payments ATTACH PARTITION public.payments_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 attach partition public.payments_2021 to public.payments: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 create index public.payments_2021.payments_2021_own'
CREATE INDEX payments_2021_own ON public.payments_2021 USING btree (id);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 create index public.payments_2021.payments_2021_own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/9 create index public.payments_id without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.payments_id') and indrelid = to_regclass('public.payments') and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/9 create index public.payments_id without its partitions'
CREATE INDEX payments_id ON ONLY public.payments USING btree (id);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 create index public.payments_id without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/9 build index public.payments_2020_id_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.payments_2020_id_idx') and indrelid = to_regclass('public.payments_2020') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.payments_2020_id_idx') and indrelid = to_regclass('public.payments_2020') and indisvalid))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/9 build index public.payments_2020_id_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY payments_2020_id_idx ON public.payments_2020 USING btree (id);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 build index public.payments_2020_id_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/9 attach index public.payments_2020_id_idx to public.payments_id
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.payments_2020_id_idx') and inhparent = to_regclass('public.payments_id'))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 attach index public.payments_2020_id_idx to public.payments_id'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.payments_id ATTACH PARTITION public.payments_2020_id_idx;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 attach index public.payments_2020_id_idx to public.payments_id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/9 attach index public.payments_2021_id_idx to public.payments_id
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.payments_2021_id_idx') and inhparent = to_regclass('public.payments_id'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/9 attach index public.payments_2021_id_idx to public.payments_id'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.payments_id ATTACH PARTITION public.payments_2021_id_idx;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/9 attach index public.payments_2021_id_idx to public.payments_id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/9 analyze public.payments_2020
\if :changed
\echo '9/9 analyze public.payments_2020'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.payments_2020;
\endif
