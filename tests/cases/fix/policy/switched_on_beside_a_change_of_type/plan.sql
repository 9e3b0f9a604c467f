-- 5 steps in 4 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.t: amount bigint: table public.t is rewritten while readers and writers are stopped (50 rows, 16 kB)

-- 1/5 alter public.t: amount bigint
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'amount' and not attisdropped and format_type(atttypid, atttypmod) = 'bigint' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '1/5 alter public.t: amount bigint'
DO 'BEGIN IF (select count(*) from public.t where amount is not null and ((amount::bigint)::bigint::integer)::text is distinct from (amount)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.t.amount are not the same after the conversion to bigint and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.t ALTER COLUMN amount TYPE bigint USING amount::bigint;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 alter public.t: amount bigint: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/5 create policy public.t.own
SELECT $$exists (select from pg_policy where polrelid = to_regclass('public.t') and polname = 'own' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/5 create policy public.t.own'
CREATE POLICY own ON public.t AS PERMISSIVE FOR ALL USING ((tenant = current_setting('app.tenant'::text, true)));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 create policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/5 enable row security of public.t
-- 4/5 force row security of public.t on its owner
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and relrowsecurity)$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.t') and relforcerowsecurity)$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 enable row security of public.t'
ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 enable row security of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 force row security of public.t on its owner'
ALTER TABLE public.t FORCE ROW LEVEL SECURITY;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 force row security of public.t on its owner: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
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
