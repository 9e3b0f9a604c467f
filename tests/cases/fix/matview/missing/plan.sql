-- 2 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 create materialized view public.m
-- 2/2 create index public.m.m_a_idx
SELECT $$exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))$$ AS end_1,
       $$exists (select from pg_index where indexrelid = to_regclass('public.m_a_idx') and indrelid = to_regclass('public.m') and true)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 create materialized view public.m'
CREATE MATERIALIZED VIEW public.m (a, n) AS  SELECT t.a,
    count(*) AS n
   FROM public.t
  GROUP BY t.a;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 create index public.m.m_a_idx'
CREATE UNIQUE INDEX m_a_idx ON public.m USING btree (a);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create index public.m.m_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
