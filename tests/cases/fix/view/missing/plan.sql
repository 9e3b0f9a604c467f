-- 2 steps in 2 transactions; no session is stopped; hazards: none

-- 1/2 create view public.v
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create view public.v'
CREATE VIEW public.v (id, a) AS  SELECT t.id,
    upper(t.a) AS a
   FROM public.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 create view public.w
SELECT $$exists (select from pg_class where oid = to_regclass('public.w') and relkind in ('v'))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 create view public.w'
CREATE VIEW public.w (id) WITH (check_option=local, security_barrier='true') AS  SELECT v.id
   FROM public.v
  WHERE (v.id > 5);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create view public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
