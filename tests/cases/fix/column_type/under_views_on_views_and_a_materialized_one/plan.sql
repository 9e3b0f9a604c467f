-- 11 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a bigint: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/11 drop view public.v3
-- 2/11 drop materialized view public.m
-- 3/11 drop view public.v2
-- 4/11 drop view public.v1
-- 5/11 alter public.t: a bigint
-- 6/11 create view public.v1
-- 7/11 create view public.v2
-- 8/11 create materialized view public.m
-- 9/11 create index public.m.m_b_idx
-- 10/11 create view public.v3
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v3') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_2,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v2') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_3,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v1') and relkind in ('v'))) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_4,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.v1') and relkind in ('v'))$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.v2') and relkind in ('v'))$$ AS end_7,
       $$exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))$$ AS end_8,
       $$exists (select from pg_index where indexrelid = to_regclass('public.m_b_idx') and indrelid = to_regclass('public.m') and true)$$ AS end_9,
       $$exists (select from pg_class where oid = to_regclass('public.v3') and relkind in ('v'))$$ AS end_10 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8) AND (:end_9) AND (:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/11 drop view public.v3'
DROP VIEW public.v3;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/11 drop view public.v3: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/11 drop materialized view public.m'
DROP MATERIALIZED VIEW public.m;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/11 drop materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/11 drop view public.v2'
DROP VIEW public.v2;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/11 drop view public.v2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/11 drop view public.v1'
DROP VIEW public.v1;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/11 drop view public.v1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/11 alter public.t: a bigint'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO 'BEGIN IF (select count(*) from public.t where a is not null and ((a::bigint)::bigint::integer)::text is distinct from (a)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.a are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/11 alter public.t: a bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/11 create view public.v1'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.v1 (id, a) AS  SELECT t.id,
    t.a
   FROM public.t;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/11 create view public.v1: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/11 create view public.v2'
CREATE VIEW public.v2 (id, b) AS  SELECT v1.id,
    (v1.a + 1) AS b
   FROM public.v1;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/11 create view public.v2: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/11 create materialized view public.m'
CREATE MATERIALIZED VIEW public.m (b, count) AS  SELECT v2.b,
    count(*) AS count
   FROM public.v2
  GROUP BY v2.b;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/11 create materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/11 create index public.m.m_b_idx'
CREATE UNIQUE INDEX m_b_idx ON public.m USING btree (b);
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/11 create index public.m.m_b_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/11 create view public.v3'
CREATE VIEW public.v3 (b, id) AS  SELECT m.b,
    v1.id
   FROM (public.m
     JOIN public.v1 ON ((v1.a = m.b)));
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/11 create view public.v3: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 11/11 analyze public.t
\if :changed
\echo '11/11 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
