-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 rename sequence public.old_name to t_id_seq
-- 2/3 alter sequence public.t_id_seq
SELECT $$exists (select from pg_class where oid = to_regclass('public.t_id_seq') and relkind in ('S'))$$ AS end_1,
       $$exists (select from pg_sequence where seqrelid = to_regclass('public.t_id_seq') and format_type(seqtypid, null) = 'integer' and seqstart = 1 and seqincrement = 1 and seqmin = 1 and seqmax = 2147483647 and seqcache = 1 and seqcycle = false)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 rename sequence public.old_name to t_id_seq'
ALTER SEQUENCE public.old_name RENAME TO t_id_seq;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 rename sequence public.old_name to t_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 alter sequence public.t_id_seq'
ALTER SEQUENCE public.t_id_seq AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 alter sequence public.t_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/3 set the default of public.t.id
SELECT $$exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t') and a.attname = 'id' and pg_get_expr(d.adbin, d.adrelid) <> 'nextval(''public.old_name''::regclass)')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 set the default of public.t.id'
ALTER TABLE public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the default of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
