-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 reset security_barrier of public.v
SELECT $$not (exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.v') and exists (select from unnest(t.reloptions) o where split_part(o, '=', 1) = 'security_barrier')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 reset security_barrier of public.v'
ALTER VIEW public.v RESET (security_barrier);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 reset security_barrier of public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 set check_option of public.w
-- 3/3 set security_barrier of public.w
SELECT $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.w') and 'check_option=cascaded' = any (t.reloptions))$$ AS end_2,
       $$exists (select from pg_class c join pg_class t on t.oid = c.oid where c.oid = to_regclass('public.w') and 'security_barrier=true' = any (t.reloptions))$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 set check_option of public.w'
ALTER VIEW public.w SET (check_option = 'cascaded');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 set check_option of public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/3 set security_barrier of public.w'
ALTER VIEW public.w SET (security_barrier = 'true');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set security_barrier of public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
