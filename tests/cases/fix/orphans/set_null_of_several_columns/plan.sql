-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: none
-- Values that are overwritten are first written to files in the current folder: keep these.

-- 1/4 set dangling public.c (a, b) to NULL
SELECT $$not exists (select from ONLY public.c c where c.a is not null and c.b is not null and not exists (select from ONLY public.p p where p.a = c.a and p.b = c.b))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 set dangling public.c (a, b) to NULL'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
CREATE TEMPORARY TABLE schemawarden_kept (place text, was text);
DO $sql$DECLARE
  last bigint := pg_relation_size('public.c') / current_setting('block_size')::bigint;
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$INSERT INTO pg_temp.schemawarden_kept
select c.ctid::text, jsonb_build_object('key', jsonb_build_object('id', c.id), 'old', jsonb_build_object('a', c.a, 'b', c.b))::text from ONLY public.c c where c.ctid >= $1::tid and c.ctid < $2::tid and c.a is not null and c.b is not null and not exists (select from ONLY public.p p where p.a = c.a and p.b = c.b) for update of c$$ USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    COMMIT;
  END LOOP;
END$sql$;
SELECT 'schemawarden-<id>-public_c-' || to_char(clock_timestamp(), 'YYYYMMDD-HH24MISS-US') || '.csv' AS kept_in \gset
\echo '    the old values are kept in' :kept_in
\setenv SCHEMAWARDEN_KEPT :kept_in
\! umask 077; set -C; : > "$SCHEMAWARDEN_KEPT"
COPY pg_temp.schemawarden_kept TO STDOUT (FORMAT csv, HEADER) \g :kept_in
DO $sql$DECLARE
  last bigint := pg_relation_size('public.c') / current_setting('block_size')::bigint;
  rows tid[];
BEGIN
  FOR page IN 0..last BY 128 LOOP
    EXECUTE $$SELECT array_agg(now.place::tid) FROM (
select c.ctid::text, jsonb_build_object('key', jsonb_build_object('id', c.id), 'old', jsonb_build_object('a', c.a, 'b', c.b))::text from ONLY public.c c where c.ctid >= $1::tid and c.ctid < $2::tid and c.a is not null and c.b is not null and not exists (select from ONLY public.p p where p.a = c.a and p.b = c.b) for update of c
) now (place, was) JOIN pg_temp.schemawarden_kept USING (place, was)$$ INTO rows USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;
    EXECUTE $$UPDATE ONLY public.c SET a = NULL, b = NULL WHERE ctid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.tid[])$$ USING rows;
    COMMIT;
  END LOOP;
END$sql$;
DROP TABLE pg_temp.schemawarden_kept;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 set dangling public.c (a, b) to NULL: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/4 add foreign key public.c.c_a_b_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_a_b_fkey') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a', 'b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['a', 'b']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 'f' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN SHARE ROW EXCLUSIVE MODE;
\echo '2/4 add foreign key public.c.c_a_b_fkey'
ALTER TABLE public.c ADD CONSTRAINT c_a_b_fkey FOREIGN KEY (a, b) REFERENCES public.p(a, b) MATCH FULL NOT VALID;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 add foreign key public.c.c_a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 validate public.c.c_a_b_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_a_b_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['a', 'b']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['a', 'b']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 'f' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '3/4 validate public.c.c_a_b_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT c_a_b_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_a_b_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT c_a_b_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT c_a_b_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT c_a_b_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '3/4 validate public.c.c_a_b_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 validate public.c.c_a_b_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.c
\if :changed
\echo '4/4 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif
