-- 5 steps in 2 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: a public.code: table public.t is rewritten while readers and writers are stopped (300 rows, 48 kB)

-- 1/5 rename domain public.code to schemawarden_type_55427281
-- 2/5 create domain public.code
-- 3/5 alter public.t: a public.code
-- 4/5 drop the old type public.schemawarden_type_55427281
SELECT $$((to_regtype('public.schemawarden_type_55427281') is not null) or exists (select from pg_type where oid = to_regtype('public.code') and format_type(typbasetype, typtypmod) = 'character varying(10)'))$$ AS end_1,
       $$exists (select from pg_type where oid = to_regtype('public.code') and format_type(typbasetype, typtypmod) = 'character varying(10)')$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'a' and not attisdropped and format_type(atttypid, atttypmod) = 'public.code' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3,
       $$not (to_regtype('public.schemawarden_type_55427281') is not null)$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 rename domain public.code to schemawarden_type_55427281'
ALTER DOMAIN public.code RENAME TO schemawarden_type_55427281;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 rename domain public.code to schemawarden_type_55427281: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 create domain public.code'
CREATE DOMAIN public.code AS character varying(10);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 create domain public.code: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 alter public.t: a public.code'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ALTER COLUMN a TYPE public.code USING a::public.code;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 alter public.t: a public.code: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 drop the old type public.schemawarden_type_55427281'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
DROP DOMAIN public.schemawarden_type_55427281;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 drop the old type public.schemawarden_type_55427281: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.t
\if :changed
\echo '5/5 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
