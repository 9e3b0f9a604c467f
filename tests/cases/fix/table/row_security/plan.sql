-- 4 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 disable row security of public.t
-- 2/4 no force row security of public.t on its owner
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and not relrowsecurity)$$ AS end_1,
       $$exists (select from pg_class where oid = to_regclass('public.t') and not relforcerowsecurity)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 disable row security of public.t'
ALTER TABLE public.t DISABLE ROW LEVEL SECURITY;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 disable row security of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 no force row security of public.t on its owner'
ALTER TABLE public.t NO FORCE ROW LEVEL SECURITY;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 no force row security of public.t on its owner: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/4 enable row security of public.u
-- 4/4 force row security of public.u on its owner
SELECT $$exists (select from pg_class where oid = to_regclass('public.u') and relrowsecurity)$$ AS end_3,
       $$exists (select from pg_class where oid = to_regclass('public.u') and relforcerowsecurity)$$ AS end_4 \gset
SELECT NOT ((:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 enable row security of public.u'
ALTER TABLE public.u ENABLE ROW LEVEL SECURITY;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 enable row security of public.u: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/4 force row security of public.u on its owner'
ALTER TABLE public.u FORCE ROW LEVEL SECURITY;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 force row security of public.u on its owner: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
