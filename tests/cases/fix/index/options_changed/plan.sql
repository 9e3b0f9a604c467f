-- 2 steps in 1 transaction; no session is stopped; hazards: none

-- 1/2 set deduplicate_items of public.t_a_idx
-- 2/2 set fillfactor of public.t_a_idx
SELECT $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.t_a_idx') and 'deduplicate_items=off' = any (t.reloptions))$$ AS end_1,
       $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.t_a_idx') and 'fillfactor=70' = any (t.reloptions))$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 set deduplicate_items of public.t_a_idx'
ALTER INDEX public.t_a_idx SET (deduplicate_items = 'off');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 set deduplicate_items of public.t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 set fillfactor of public.t_a_idx'
ALTER INDEX public.t_a_idx SET (fillfactor = '70');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 set fillfactor of public.t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
