-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 add check public.t.positive
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('schemawarden_check_e915b87e', 'positive') and not convalidated)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add check public.t.positive'
ALTER TABLE public.t ADD CONSTRAINT schemawarden_check_e915b87e CHECK ((a > 0)) NOT VALID;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add check public.t.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 drop the old constraint public.t.positive
-- 3/3 rename constraint public.t.schemawarden_check_e915b87e to positive
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'positive' and not (not convalidated)))$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 'positive' and not convalidated)$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 drop the old constraint public.t.positive'
ALTER TABLE public.t DROP CONSTRAINT positive;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 drop the old constraint public.t.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/3 rename constraint public.t.schemawarden_check_e915b87e to positive'
ALTER TABLE public.t RENAME CONSTRAINT schemawarden_check_e915b87e TO positive;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 rename constraint public.t.schemawarden_check_e915b87e to positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
