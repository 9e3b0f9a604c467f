-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 set sequence public.t_id_seq to OWNED BY public.t.id
SELECT $$exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = to_regclass('public.t_id_seq') and d.refobjid = to_regclass('public.t') and a.attname = 'id')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 set sequence public.t_id_seq to OWNED BY public.t.id'
ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 set sequence public.t_id_seq to OWNED BY public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
