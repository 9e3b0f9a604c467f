-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 set the replica identity of public.t to USING INDEX t_a_idx
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and indisreplident)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 set the replica identity of public.t to USING INDEX t_a_idx'
ALTER TABLE public.t REPLICA IDENTITY USING INDEX t_a_idx;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 set the replica identity of public.t to USING INDEX t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 set the replica identity of public.u to FULL
SELECT $$exists (select from pg_class where oid = to_regclass('public.u') and relreplident = 'f')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/3 set the replica identity of public.u to FULL'
ALTER TABLE public.u REPLICA IDENTITY FULL;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 set the replica identity of public.u to FULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 set the replica identity of public.v to DEFAULT
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and relreplident = 'd')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 set the replica identity of public.v to DEFAULT'
ALTER TABLE public.v REPLICA IDENTITY DEFAULT;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the replica identity of public.v to DEFAULT: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
