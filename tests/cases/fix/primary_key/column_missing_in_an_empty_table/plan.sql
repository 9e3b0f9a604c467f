-- 6 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/6 create sequence public.t_id_seq
-- 2/6 add column public.t.id
-- 3/6 set sequence public.t_id_seq to OWNED BY public.t.id
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_id_seq') and relkind in ('S'))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and true)$$ AS end_2,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.t_id_seq') and d.refobjid = to_regclass('public.t') and a.attname = 'id')$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/6 create sequence public.t_id_seq'
CREATE SEQUENCE public.t_id_seq AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/6 create sequence public.t_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/6 add column public.t.id'
ALTER TABLE public.t ADD COLUMN id bigint NOT NULL DEFAULT nextval('public.t_id_seq'::regclass);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/6 add column public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/6 set sequence public.t_id_seq to OWNED BY public.t.id'
ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/6 set sequence public.t_id_seq to OWNED BY public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/6 build index public.t_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.t_pkey') and indrelid = to_regclass('public.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/6 build index public.t_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON public.t USING btree (id);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/6 build index public.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 5/6 make public.t.t_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '5/6 make public.t.t_pkey the primary key'
ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/6 make public.t.t_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/6 analyze public.t
\if :changed
\echo '6/6 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
