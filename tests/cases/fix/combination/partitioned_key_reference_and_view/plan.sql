-- 14 steps in 14 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/14 add column public.p.note
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.p') and attname = 'note' and not attisdropped and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/14 add column public.p.note'
ALTER TABLE public.p ADD COLUMN note text DEFAULT 'x'::text;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/14 add column public.p.note: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/14 add public.p.p_pkey without its partitions
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_pkey' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/14 add public.p.p_pkey without its partitions'
ALTER TABLE ONLY public.p ADD CONSTRAINT p_pkey PRIMARY KEY (id, kind);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/14 add public.p.p_pkey without its partitions: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/14 build index public.p_1_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.p_1_pkey') and indrelid = to_regclass('public.p_1') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname in ('p_1_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'kind']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/14 build index public.p_1_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY p_1_pkey ON public.p_1 USING btree (id, kind);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/14 build index public.p_1_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/14 make public.p_1.p_1_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.p_1') and conname = 'p_1_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'kind']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/14 make public.p_1.p_1_pkey the primary key'
ALTER TABLE public.p_1 ADD CONSTRAINT p_1_pkey PRIMARY KEY USING INDEX p_1_pkey;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/14 make public.p_1.p_1_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/14 attach index public.p_1_pkey to public.p_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.p_1_pkey') and inhparent = to_regclass('public.p_pkey'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/14 attach index public.p_1_pkey to public.p_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.p_pkey ATTACH PARTITION public.p_1_pkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/14 attach index public.p_1_pkey to public.p_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 6/14 build index public.p_2_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.p_2_pkey') and indrelid = to_regclass('public.p_2') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.p_2') and conname in ('p_2_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'kind']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/14 build index public.p_2_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY p_2_pkey ON public.p_2 USING btree (id, kind);
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/14 build index public.p_2_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 7/14 make public.p_2.p_2_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.p_2') and conname = 'p_2_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id', 'kind']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/14 make public.p_2.p_2_pkey the primary key'
ALTER TABLE public.p_2 ADD CONSTRAINT p_2_pkey PRIMARY KEY USING INDEX p_2_pkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/14 make public.p_2.p_2_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/14 attach index public.p_2_pkey to public.p_pkey
SELECT $$exists (select from pg_inherits where inhrelid = to_regclass('public.p_2_pkey') and inhparent = to_regclass('public.p_pkey'))$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/14 attach index public.p_2_pkey to public.p_pkey'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER INDEX public.p_pkey ATTACH PARTITION public.p_2_pkey;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/14 attach index public.p_2_pkey to public.p_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 9/14 add foreign key public.c.c_p_kind_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_p_kind_fkey') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p', 'kind']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id', 'kind']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN SHARE ROW EXCLUSIVE MODE;
\echo '9/14 add foreign key public.c.c_p_kind_fkey'
ALTER TABLE public.c ADD CONSTRAINT c_p_kind_fkey FOREIGN KEY (p, kind) REFERENCES public.p(id, kind) ON DELETE SET NULL NOT VALID;
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/14 add foreign key public.c.c_p_kind_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/14 validate public.c.c_p_kind_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_p_kind_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['p', 'kind']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['id', 'kind']::text[] and confupdtype = 'a' and confdeltype = 'n' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_10 \gset
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '10/14 validate public.c.c_p_kind_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT c_p_kind_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_kind_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT c_p_kind_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT c_p_kind_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT c_p_kind_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '10/14 validate public.c.c_p_kind_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/14 validate public.c.c_p_kind_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 11/14 replace view public.v
SELECT $$exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT p.id
   FROM public.p')$$ AS end_11 \gset
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '11/14 replace view public.v'
CREATE OR REPLACE VIEW public.v (id, note) AS  SELECT p.id,
    p.note
   FROM public.p;
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/14 replace view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 12/14 analyze public.c
\if :changed
\echo '12/14 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif

-- 13/14 analyze public.p_1
\if :changed
\echo '13/14 analyze public.p_1'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p_1;
\endif

-- 14/14 analyze public.p_2
\if :changed
\echo '14/14 analyze public.p_2'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p_2;
\endif
