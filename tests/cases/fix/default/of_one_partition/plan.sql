-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 set the default of public.t_2.a
SELECT $$exists (select from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = to_regclass('public.t_2') and a.attname = 'a' and pg_get_expr(d.adbin, d.adrelid) <> '1')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 set the default of public.t_2.a'
ALTER TABLE public.t_2 ALTER COLUMN a SET DEFAULT 2;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 set the default of public.t_2.a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
