-- 2 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 drop materialized view public.v
-- 2/2 create view public.v
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('m'))) or exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v')))$$ AS end_1,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 drop materialized view public.v'
DROP MATERIALIZED VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 drop materialized view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 create view public.v'
CREATE VIEW public.v (id) AS  SELECT t.id
   FROM public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
