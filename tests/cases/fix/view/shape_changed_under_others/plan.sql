-- 9 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/9 drop function public.total()
-- 2/9 drop materialized view public.m
-- 3/9 drop view public.w
-- 4/9 drop view public.v
-- 5/9 create view public.v
-- 6/9 create view public.w
-- 7/9 create materialized view public.m
-- 8/9 create index public.m.m_n_idx
-- 9/9 create function public.total()
SELECT $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'total' and oidvectortypes(proargtypes) = '' and true)) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_2,
       $$(not (exists (select from pg_class where oid = to_regclass('public.w') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_3,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a,
    t.b
   FROM public.t'))$$ AS end_4,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_5,
       $$exists (select from pg_class where oid = to_regclass('public.w') and relkind in ('v'))$$ AS end_6,
       $$exists (select from pg_class where oid = to_regclass('public.m') and relkind in ('m'))$$ AS end_7,
       $$exists (select from pg_index where indexrelid = to_regclass('public.m_n_idx') and indrelid = to_regclass('public.m') and true)$$ AS end_8,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'total' and oidvectortypes(proargtypes) = '' and true)$$ AS end_9 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8) AND (:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/9 drop function public.total()'
DROP FUNCTION public.total();
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/9 drop function public.total(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/9 drop materialized view public.m'
DROP MATERIALIZED VIEW public.m;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/9 drop materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/9 drop view public.w'
DROP VIEW public.w;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/9 drop view public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/9 drop view public.v'
DROP VIEW public.v;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/9 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/9 create view public.v'
CREATE VIEW public.v (id, b) AS  SELECT t.id,
    (t.b)::bigint AS b
   FROM public.t;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/9 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/9 create view public.w'
CREATE VIEW public.w (id, b) AS  SELECT v.id,
    v.b
   FROM public.v;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/9 create view public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/9 create materialized view public.m'
CREATE MATERIALIZED VIEW public.m (b, n) AS  SELECT w.b,
    count(*) AS n
   FROM public.w
  GROUP BY w.b;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/9 create materialized view public.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/9 create index public.m.m_n_idx'
CREATE INDEX m_n_idx ON public.m USING btree (n);
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/9 create index public.m.m_n_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
\echo '9/9 create function public.total()'
SELECT $$CREATE OR REPLACE FUNCTION public.total()
 RETURNS bigint
 LANGUAGE sql
BEGIN ATOMIC
 SELECT (sum(w.b))::bigint AS sum
    FROM public.w;
END
$$ \gexec
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/9 create function public.total(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
