-- 4 steps in 1 transaction; no session is stopped; hazards: none

-- 1/4 set fillfactor of public.t
-- 2/4 set parallel_workers of public.t
-- 3/4 set toast.autovacuum_enabled of public.t
-- 4/4 reset autovacuum_enabled of public.t
SELECT $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.t') and 'fillfactor=70' = any (t.reloptions))$$ AS end_1,
       $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.t') and 'parallel_workers=2' = any (t.reloptions))$$ AS end_2,
       $$exists (select from pg_class c join pg_class t on t.oid = c.reltoastrelid where c.oid = to_regclass('public.t') and 'autovacuum_enabled=false' = any (t.reloptions))$$ AS end_3,
       $$not (exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.t') and exists (select from unnest(t.reloptions) o where split_part(o, '=', 1) = 'autovacuum_enabled')))$$ AS end_4 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 set fillfactor of public.t'
ALTER TABLE public.t SET (fillfactor = '70');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 set fillfactor of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 set parallel_workers of public.t'
ALTER TABLE public.t SET (parallel_workers = '2');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 set parallel_workers of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 set toast.autovacuum_enabled of public.t'
ALTER TABLE public.t SET (toast.autovacuum_enabled = 'false');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 set toast.autovacuum_enabled of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/4 reset autovacuum_enabled of public.t'
ALTER TABLE public.t RESET (autovacuum_enabled);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 reset autovacuum_enabled of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
