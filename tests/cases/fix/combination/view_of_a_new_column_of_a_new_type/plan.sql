-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 create enum public.mood
SELECT $$to_regtype('public.mood') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 create enum public.mood'
CREATE TYPE public.mood AS ENUM ('calm', 'wild');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 add column public.t.m
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'm' and not attisdropped and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 add column public.t.m'
ALTER TABLE public.t ADD COLUMN m public.mood NOT NULL DEFAULT 'calm'::public.mood;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 add column public.t.m: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 replace view public.v
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 replace view public.v'
CREATE OR REPLACE VIEW public.v (id, a, m) AS  SELECT t.id,
    t.a,
    t.m
   FROM public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 replace view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 create view public.w
SELECT $$exists (select from pg_class where oid = to_regclass('public.w') and relkind in ('v'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 create view public.w'
CREATE VIEW public.w (id) AS  SELECT v.id
   FROM public.v
  WHERE (v.m = 'wild'::public.mood);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 create view public.w: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
