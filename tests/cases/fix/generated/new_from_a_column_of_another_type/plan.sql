-- 5 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.author: id bigint: table public.author is rewritten while readers and writers are stopped (20 rows, 16 kB)
-- table_rewrite: add column public.author.double: table public.author is rewritten while readers and writers are stopped (20 rows, 16 kB)

-- 1/5 drop view public.seen
-- 2/5 alter public.author: id bigint
-- 3/5 add column public.author.double
-- 4/5 create view public.seen
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.seen') and relkind in ('v'))) or (exists (select from pg_class where oid = to_regclass('public.seen') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT author.id,
    author.code
   FROM public.author') and exists (select from pg_attribute where attrelid = to_regclass('public.author') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_1,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.author') and attname = 'id' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.author') and attname = 'double' and not attisdropped and attgenerated <> '')$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.seen') and relkind in ('v'))$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.author IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 drop view public.seen'
DROP VIEW public.seen;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop view public.seen: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 alter public.author: id bigint'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
DO 'BEGIN IF (select count(*) from public.author where id is not null and ((id::bigint)::bigint::integer)::text is distinct from (id)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.author.id are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.author ALTER COLUMN id TYPE bigint USING id::bigint;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 alter public.author: id bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 add column public.author.double'
ALTER TABLE public.author ADD COLUMN double bigint GENERATED ALWAYS AS ((id * 2)) STORED;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 add column public.author.double: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 create view public.seen'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
CREATE VIEW public.seen (id, code, double) AS  SELECT author.id,
    author.code,
    author.double
   FROM public.author
  WHERE (author.id > 1);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 create view public.seen: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.author
\if :changed
\echo '5/5 analyze public.author'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.author;
\endif
