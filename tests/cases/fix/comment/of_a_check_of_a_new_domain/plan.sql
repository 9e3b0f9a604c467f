-- 2 steps in 1 transaction; no session is stopped; hazards: none

-- 1/2 create domain public.d
-- 2/2 comment on public.d.d_positive
SELECT $$to_regtype('public.d') is not null$$ AS end_1,
       $$(exists (select from pg_constraint where conrelid = to_regclass('public.d') and conname = 'd_positive' and obj_description(oid, 'pg_constraint') = 'nothing is sold for nothing') or exists (select from pg_constraint where contypid = to_regtype('public.d') and conname = 'd_positive' and obj_description(oid, 'pg_constraint') = 'nothing is sold for nothing'))$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 create domain public.d'
CREATE DOMAIN public.d AS integer CONSTRAINT d_positive CHECK ((VALUE > 0));
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create domain public.d: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 comment on public.d.d_positive'
COMMENT ON CONSTRAINT d_positive ON DOMAIN public.d IS 'nothing is sold for nothing';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 comment on public.d.d_positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
