-- 5 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/5 drop view public.v
-- 2/5 drop materialized view public.m
-- 3/5 create materialized view public.m
-- 4/5 create index public.m.m_a_idx
-- 5/5 create view public.v
SELECT $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.m') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.a,
    count(*) AS n
   FROM public.t
  GROUP BY t.a'))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))) or exists (select from pg_class where oid = to_regclass('public.m') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.a,
    count(*) AS n
   FROM public.t
  GROUP BY t.a'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))$$ AS end_3,
       $$exists (select from pg_index where indexrelid = to_regclass('public.m_a_idx') and indrelid = to_regclass('public.m') and true)$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 drop view public.v'
DROP VIEW public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 drop materialized view public.m'
DROP MATERIALIZED VIEW public.m;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 drop materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 create materialized view public.m'
CREATE MATERIALIZED VIEW public.m (a, n) AS  SELECT t.a,
    sum(t.id) AS n
   FROM public.t
  GROUP BY t.a;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 create materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 create index public.m.m_a_idx'
CREATE UNIQUE INDEX m_a_idx ON public.m USING btree (a);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 create index public.m.m_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/5 create view public.v'
CREATE VIEW public.v (n) AS  SELECT m.n
   FROM public.m;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/5 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
