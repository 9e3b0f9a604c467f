-- 15 steps in 12 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table public.payments_2020: table public.payments_2020 and its rows (2 rows, 16 kB)

-- 1/15 create table public.payments_2022
-- 2/15 create constraint public.payments_2022.payments_2022_pkey
-- 3/15 create index public.payments_2022.payments_2022_amount_idx
-- 4/15 attach partition public.payments_2022 to public.payments
SELECT $$exists (select from pg_class where oid = to_regclass('public.payments_2022') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.payments_2022') and conname = 'payments_2022_pkey' and true)$$ AS end_2,
       $$exists (select from pg_index where indexrelid = to_regclass('public.payments_2022_amount_idx') and indrelid = to_regclass('public.payments_2022') and true)$$ AS end_3,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.payments_2022') and inhparent = to_regclass('public.payments'))$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.payments IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/15 create table public.payments_2022'
CREATE TABLE public.payments_2022 (id bigint NOT NULL, paid_at date NOT NULL, amount integer NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/15 create table public.payments_2022: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/15 create constraint public.payments_2022.payments_2022_pkey'
ALTER TABLE public.payments_2022 ADD CONSTRAINT payments_2022_pkey PRIMARY KEY (paid_at, id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/15 create constraint public.payments_2022.payments_2022_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/15 create index public.payments_2022.payments_2022_amount_idx'
CREATE INDEX payments_2022_amount_idx ON public.payments_2022 USING btree (amount);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/15 create index public.payments_2022.payments_2022_amount_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/15 attach partition public.payments_2022 to public.payments'
ALTER TABLE public.payments ATTACH PARTITION public.payments_2022 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/15 attach partition public.payments_2022 to public.payments: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/15 drop table public.payments_2020
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.payments_2020') and relkind in ('r', 'p')))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/15 drop table public.payments_2020'
DROP TABLE public.payments_2020;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/15 drop table public.payments_2020: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/15 add public.payments.payments_pkey without its partitions
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.payments') and conname = 'payments_pkey' and true)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/15 add public.payments.payments_pkey without its partitions'
ALTER TABLE ONLY public.payments ADD CONSTRAINT payments_pkey PRIMARY KEY (paid_at, id);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/15 add public.payments.payments_pkey without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/15 build index public.payments_2021_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.payments_2021_pkey') and indrelid = to_regclass('public.payments_2021') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.payments_2021') and conname in ('payments_2021_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['paid_at', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/15 build index public.payments_2021_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY payments_2021_pkey ON public.payments_2021 USING btree (paid_at, id);
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/15 build index public.payments_2021_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 8/15 make public.payments_2021.payments_2021_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.payments_2021') and conname = 'payments_2021_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['paid_at', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '8/15 make public.payments_2021.payments_2021_pkey the primary key'
ALTER TABLE public.payments_2021 ADD CONSTRAINT payments_2021_pkey PRIMARY KEY USING INDEX payments_2021_pkey;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/15 make public.payments_2021.payments_2021_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/15 attach index public.payments_2021_pkey to public.payments_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.payments_2021_pkey') and inhparent = to_regclass('public.payments_pkey'))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/15 attach index public.payments_2021_pkey to public.payments_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.payments_pkey ATTACH PARTITION public.payments_2021_pkey;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/15 attach index public.payments_2021_pkey to public.payments_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 10/15 attach index public.payments_2022_pkey to public.payments_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.payments_2022_pkey') and inhparent = to_regclass('public.payments_pkey'))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/15 attach index public.payments_2022_pkey to public.payments_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.payments_pkey ATTACH PARTITION public.payments_2022_pkey;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/15 attach index public.payments_2022_pkey to public.payments_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 11/15 create index public.payments_amount without its partitions
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.payments_amount') and indrelid = to_regclass('public.payments') and true)$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '11/15 create index public.payments_amount without its partitions'
CREATE INDEX payments_amount ON ONLY public.payments USING btree (amount);
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/15 create index public.payments_amount without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/15 build index public.payments_2021_amount_idx
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.payments_2021_amount_idx') and indrelid = to_regclass('public.payments_2021') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass('public.payments_2021_amount_idx') and indrelid = to_regclass('public.payments_2021') and indisvalid))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/15 build index public.payments_2021_amount_idx'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY payments_2021_amount_idx ON public.payments_2021 USING btree (amount);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/15 build index public.payments_2021_amount_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 13/15 attach index public.payments_2021_amount_idx to public.payments_amount
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.payments_2021_amount_idx') and inhparent = to_regclass('public.payments_amount'))$$ AS end_13 \gset
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/15 attach index public.payments_2021_amount_idx to public.payments_amount'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.payments_amount ATTACH PARTITION public.payments_2021_amount_idx;
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/15 attach index public.payments_2021_amount_idx to public.payments_amount: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 14/15 attach index public.payments_2022_amount_idx to public.payments_amount
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.payments_2022_amount_idx') and inhparent = to_regclass('public.payments_amount'))$$ AS end_14 \gset
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/15 attach index public.payments_2022_amount_idx to public.payments_amount'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.payments_amount ATTACH PARTITION public.payments_2022_amount_idx;
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/15 attach index public.payments_2022_amount_idx to public.payments_amount: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 15/15 analyze public.payments_2021
\if :changed
\echo '15/15 analyze public.payments_2021'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.payments_2021;
\endif
