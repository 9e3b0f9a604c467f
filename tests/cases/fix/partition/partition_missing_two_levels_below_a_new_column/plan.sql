-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 add column public.event.note
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.event') and attname = 'note' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/3 add column public.event.note'
ALTER TABLE public.event ADD COLUMN note text;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 add column public.event.note: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/3 create table public.event_2024_b
-- 3/3 attach partition public.event_2024_b to public.event_2024
SELECT $$exists (select from pg_class where oid = to_regclass('public.event_2024_b') and relkind in ('r', 'p'))$$ AS end_2,
       $$exists (select from pg_inherits join pg_class on oid = inhrelid where oid = to_regclass('public.event_2024_b') and inhparent = to_regclass('public.event_2024'))$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.event_2024 IN SHARE UPDATE EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 create table public.event_2024_b'
CREATE TABLE public.event_2024_b (id integer NOT NULL, day date NOT NULL, kind text NOT NULL, note text);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create table public.event_2024_b: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/3 attach partition public.event_2024_b to public.event_2024'
ALTER TABLE public.event_2024 ATTACH PARTITION public.event_2024_b FOR VALUES IN ('b');
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 attach partition public.event_2024_b to public.event_2024: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
