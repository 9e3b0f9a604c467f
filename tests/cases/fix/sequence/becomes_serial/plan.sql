-- 4 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 create sequence public.t_id_seq
-- 2/4 set sequence public.t_id_seq to the greatest value of public.t.id
-- 3/4 set sequence public.t_id_seq to OWNED BY public.t.id
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_id_seq') and relkind in ('S'))$$ AS end_1,
       $$((select max(id)::bigint from public.t) is null or coalesce((select max(id)::bigint from public.t) <= pg_sequence_last_value(to_regclass('public.t_id_seq')), false))$$ AS end_2,
       $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.t_id_seq') and d.refobjid = to_regclass('public.t') and a.attname = 'id')$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 create sequence public.t_id_seq'
CREATE SEQUENCE public.t_id_seq AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create sequence public.t_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 set sequence public.t_id_seq to the greatest value of public.t.id'
SELECT setval('public.t_id_seq'::regclass, (select max(id)::bigint from public.t));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 set sequence public.t_id_seq to the greatest value of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 set sequence public.t_id_seq to OWNED BY public.t.id'
ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 set sequence public.t_id_seq to OWNED BY public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 set the default of public.t.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and atthasdef)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 set the default of public.t.id'
ALTER TABLE public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 set the default of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
