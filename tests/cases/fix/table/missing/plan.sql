-- 12 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/12 create enum public.mood
SELECT $$to_regtype('public.mood') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/12 create enum public.mood'
CREATE TYPE public.mood AS ENUM ('calm');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/12 create enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/12 create sequence public.t_id_seq
-- 3/12 create table public.t
-- 4/12 set sequence public.t_id_seq to OWNED BY public.t.id
-- 5/12 create constraint public.t.t_a_key
-- 6/12 create constraint public.t.t_b_check
-- 7/12 create constraint public.t.t_pkey
-- 8/12 create index public.t.t_b_idx
-- 9/12 comment on public.t
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_id_seq') and relkind in ('S'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.t') and relkind in ('r', 'p'))$$ AS end_3,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.t_id_seq') and d.refobjid = to_regclass('public.t') and a.attname = 'id')$$ AS end_4,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_a_key' and true)$$ AS end_5,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_b_check' and true)$$ AS end_6,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and true)$$ AS end_7,
       $$exists (select from pg_index where indexrelid = to_regclass('public.t_b_idx') and indrelid = to_regclass('public.t') and true)$$ AS end_8,
       $$exists (select from pg_class where oid = to_regclass('public.t') and obj_description(oid, 'pg_class') = 'it''s new')$$ AS end_9 \gset
SELECT NOT ((:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/12 create sequence public.t_id_seq'
CREATE SEQUENCE public.t_id_seq AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/12 create sequence public.t_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/12 create table public.t'
CREATE TABLE public.t (id integer NOT NULL DEFAULT nextval('public.t_id_seq'::regclass), parent bigint NOT NULL, a character varying(20) COLLATE pg_catalog."C" NOT NULL, b integer, c text GENERATED ALWAYS AS (upper((a)::text)) STORED) WITH (autovacuum_enabled='false', fillfactor='70');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/12 create table public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/12 set sequence public.t_id_seq to OWNED BY public.t.id'
ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/12 set sequence public.t_id_seq to OWNED BY public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/12 create constraint public.t.t_a_key'
ALTER TABLE public.t ADD CONSTRAINT t_a_key UNIQUE (a);
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/12 create constraint public.t.t_a_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/12 create constraint public.t.t_b_check'
ALTER TABLE public.t ADD CONSTRAINT t_b_check CHECK ((b > 0));
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/12 create constraint public.t.t_b_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/12 create constraint public.t.t_pkey'
ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/12 create constraint public.t.t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/12 create index public.t.t_b_idx'
CREATE INDEX t_b_idx ON public.t USING btree (b) WHERE (b IS NOT NULL);
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/12 create index public.t.t_b_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/12 comment on public.t'
COMMENT ON TABLE public.t IS 'it''s new';
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/12 comment on public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 10/12 create table public.z_parent
-- 11/12 create constraint public.z_parent.z_parent_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.z_parent') and relkind in ('r', 'p'))$$ AS end_10,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.z_parent') and conname = 'z_parent_pkey' and true)$$ AS end_11 \gset
SELECT NOT ((:end_10) AND (:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/12 create table public.z_parent'
CREATE TABLE public.z_parent (id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.z_parent_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE), mood public.mood DEFAULT 'calm'::public.mood);
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/12 create table public.z_parent: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/12 create constraint public.z_parent.z_parent_pkey'
ALTER TABLE public.z_parent ADD CONSTRAINT z_parent_pkey PRIMARY KEY (id);
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/12 create constraint public.z_parent.z_parent_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 12/12 add foreign key public.t.t_parent_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_parent_fkey' and contype = 'f' and confrelid = to_regclass('public.z_parent') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['parent']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and confupdtype = 'a' and confdeltype = 'c' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.z_parent IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.t IN SHARE ROW EXCLUSIVE MODE;
\echo '12/12 add foreign key public.t.t_parent_fkey'
ALTER TABLE public.t ADD CONSTRAINT t_parent_fkey FOREIGN KEY (parent) REFERENCES public.z_parent(id) ON DELETE CASCADE;
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/12 add foreign key public.t.t_parent_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
