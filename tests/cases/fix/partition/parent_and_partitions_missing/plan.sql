-- 16 steps in 5 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/16 create table public.t
-- 2/16 create constraint public.t.t_pkey
-- 3/16 create index public.t.t_u_idx
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and true)$$ AS end_2,
       $$exists (select from pg_index where indexrelid = to_regclass('public.t_u_idx') and indrelid = to_regclass('public.t') and true)$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/16 create table public.t'
CREATE TABLE public.t (id integer NOT NULL, kind text NOT NULL, u integer) PARTITION BY LIST (kind);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/16 create table public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/16 create constraint public.t.t_pkey'
ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id, kind);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/16 create constraint public.t.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/16 create index public.t.t_u_idx'
CREATE INDEX t_u_idx ON public.t USING btree (u);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/16 create index public.t.t_u_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/16 create table public.t_a
-- 5/16 create constraint public.t_a.t_a_pkey
-- 6/16 create index public.t_a.t_a_u_idx
-- 7/16 attach partition public.t_a to public.t
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_a') and relkind in ('r', 'p'))$$ AS end_4,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t_a') and conname = 't_a_pkey' and true)$$ AS end_5,
       $$exists (select from pg_index where indexrelid = to_regclass('public.t_a_u_idx') and indrelid = to_regclass('public.t_a') and true)$$ AS end_6,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_a') and inhparent = to_regclass('public.t'))$$ AS end_7 \gset
SELECT NOT ((:end_4) AND (:end_5) AND (:end_6) AND (:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/16 create table public.t_a'
CREATE TABLE public.t_a (id integer NOT NULL, kind text NOT NULL, u integer) PARTITION BY RANGE (id);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/16 create table public.t_a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/16 create constraint public.t_a.t_a_pkey'
ALTER TABLE public.t_a ADD CONSTRAINT t_a_pkey PRIMARY KEY (id, kind);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/16 create constraint public.t_a.t_a_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/16 create index public.t_a.t_a_u_idx'
CREATE INDEX t_a_u_idx ON public.t_a USING btree (u);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/16 create index public.t_a.t_a_u_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/16 attach partition public.t_a to public.t'
ALTER TABLE public.t ATTACH PARTITION public.t_a FOR VALUES IN ('a', 'o''dd');
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/16 attach partition public.t_a to public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 8/16 create table public.t_a_1
-- 9/16 create constraint public.t_a_1.t_a_1_pkey
-- 10/16 create index public.t_a_1.t_a_1_u_idx
-- 11/16 attach partition public.t_a_1 to public.t_a
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_a_1') and relkind in ('r', 'p'))$$ AS end_8,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t_a_1') and conname = 't_a_1_pkey' and true)$$ AS end_9,
       $$exists (select from pg_index where indexrelid = to_regclass('public.t_a_1_u_idx') and indrelid = to_regclass('public.t_a_1') and true)$$ AS end_10,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_a_1') and inhparent = to_regclass('public.t_a'))$$ AS end_11 \gset
SELECT NOT ((:end_8) AND (:end_9) AND (:end_10) AND (:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t_a IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/16 create table public.t_a_1'
CREATE TABLE public.t_a_1 (id integer NOT NULL, kind text NOT NULL, u integer);
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/16 create table public.t_a_1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/16 create constraint public.t_a_1.t_a_1_pkey'
ALTER TABLE public.t_a_1 ADD CONSTRAINT t_a_1_pkey PRIMARY KEY (id, kind);
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/16 create constraint public.t_a_1.t_a_1_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/16 create index public.t_a_1.t_a_1_u_idx'
CREATE INDEX t_a_1_u_idx ON public.t_a_1 USING btree (u);
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/16 create index public.t_a_1.t_a_1_u_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/16 attach partition public.t_a_1 to public.t_a'
ALTER TABLE public.t_a ATTACH PARTITION public.t_a_1 FOR VALUES FROM (MINVALUE) TO (100);
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/16 attach partition public.t_a_1 to public.t_a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 12/16 create table public.t_rest
-- 13/16 create constraint public.t_rest.t_rest_pkey
-- 14/16 create index public.t_rest.t_rest_u_idx
-- 15/16 attach partition public.t_rest to public.t
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_rest') and relkind in ('r', 'p'))$$ AS end_12,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t_rest') and conname = 't_rest_pkey' and true)$$ AS end_13,
       $$exists (select from pg_index where indexrelid = to_regclass('public.t_rest_u_idx') and indrelid = to_regclass('public.t_rest') and true)$$ AS end_14,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.t_rest') and inhparent = to_regclass('public.t'))$$ AS end_15 \gset
SELECT NOT ((:end_12) AND (:end_13) AND (:end_14) AND (:end_15)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
\echo '12/16 create table public.t_rest'
CREATE TABLE public.t_rest (id integer NOT NULL, kind text NOT NULL, u integer);
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/16 create table public.t_rest: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_13)) AS todo \gset
\if :todo
\echo '13/16 create constraint public.t_rest.t_rest_pkey'
ALTER TABLE public.t_rest ADD CONSTRAINT t_rest_pkey PRIMARY KEY (id, kind);
SELECT (:end_13) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '13/16 create constraint public.t_rest.t_rest_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_14)) AS todo \gset
\if :todo
\echo '14/16 create index public.t_rest.t_rest_u_idx'
CREATE INDEX t_rest_u_idx ON public.t_rest USING btree (u);
SELECT (:end_14) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '14/16 create index public.t_rest.t_rest_u_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_15)) AS todo \gset
\if :todo
\echo '15/16 attach partition public.t_rest to public.t'
ALTER TABLE public.t ATTACH PARTITION public.t_rest DEFAULT;
SELECT (:end_15) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '15/16 attach partition public.t_rest to public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 16/16 add foreign key public.t.t_u_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_u_fkey' and contype = 'f' and confrelid = to_regclass('public.u') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['u']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_16 \gset
SELECT NOT ((:end_16)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.u IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.t IN SHARE ROW EXCLUSIVE MODE;
\echo '16/16 add foreign key public.t.t_u_fkey'
ALTER TABLE public.t ADD CONSTRAINT t_u_fkey FOREIGN KEY (u) REFERENCES public.u(id);
SELECT (:end_16) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '16/16 add foreign key public.t.t_u_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
