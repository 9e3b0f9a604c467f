-- 5 steps in 5 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite (not allowed yet)
-- table_rewrite: add column public.t.size: table public.t is rewritten while readers and writers are stopped (300 rows, 40 kB)

-- 1/5 create enum public.mood
SELECT $$to_regtype('public.mood') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/5 create enum public.mood'
CREATE TYPE public.mood AS ENUM ('calm', 'wild');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 create enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/5 create domain public.positive
SELECT $$to_regtype('public.positive') is not null$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/5 create domain public.positive'
CREATE DOMAIN public.positive AS integer CONSTRAINT positive_check CHECK ((VALUE > 0));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 create domain public.positive: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/5 add column public.t.mood
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'mood' and not attisdropped and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/5 add column public.t.mood'
ALTER TABLE public.t ADD COLUMN mood public.mood NOT NULL DEFAULT 'calm'::public.mood;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 add column public.t.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/5 add column public.t.size
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'size' and not attisdropped and true)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '4/5 add column public.t.size'
ALTER TABLE public.t ADD COLUMN size public.positive DEFAULT 1;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 add column public.t.size: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/5 analyze public.t
\if :changed
\echo '5/5 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
