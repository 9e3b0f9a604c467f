-- 8 steps in 7 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop foreign key public.c.c_p_fkey, which depends on the old key: constraint public.c.c_p_fkey (100 rows, 8192 bytes)
-- data_loss: drop constraint public.c.c_p_fkey: constraint public.c.c_p_fkey (100 rows, 8192 bytes)

-- 1/8 build index public.schemawarden_key_2bbe94ac
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_key_2bbe94ac') and indrelid = to_regclass('public.p') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname in ('p_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['tenant', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/8 build index public.schemawarden_key_2bbe94ac'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_key_2bbe94ac ON public.p USING btree (tenant, id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 build index public.schemawarden_key_2bbe94ac: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/8 drop foreign key public.c.c_p_fkey, which depends on the old key
-- 3/8 make public.p.p_pkey the primary key
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_fkey' and true))$$ AS end_2,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['tenant', 'id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 2))$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/8 drop foreign key public.c.c_p_fkey, which depends on the old key'
ALTER TABLE public.c DROP CONSTRAINT c_p_fkey;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 drop foreign key public.c.c_p_fkey, which depends on the old key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 make public.p.p_pkey the primary key'
ALTER TABLE public.p DROP CONSTRAINT p_pkey, ADD CONSTRAINT p_pkey PRIMARY KEY USING INDEX schemawarden_key_2bbe94ac;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 make public.p.p_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/8 add foreign key public.c.c_tenant_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_tenant_p_fkey') and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['tenant', 'p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['tenant', 'id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN SHARE ROW EXCLUSIVE MODE;
\echo '4/8 add foreign key public.c.c_tenant_p_fkey'
ALTER TABLE public.c ADD CONSTRAINT c_tenant_p_fkey FOREIGN KEY (tenant, p) REFERENCES public.p(tenant, id) NOT VALID;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 add foreign key public.c.c_tenant_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/8 validate public.c.c_tenant_p_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname in ('c_tenant_p_fkey') and convalidated and contype = 'f' and confrelid = to_regclass('public.p') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['tenant', 'p']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['tenant', 'id']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '5/8 validate public.c.c_tenant_p_fkey'
DO $sql$DECLARE
  why text;
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.c VALIDATE CONSTRAINT c_tenant_p_fkey$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_tenant_p_fkey' and not convalidated) THEN EXECUTE $$ALTER TABLE public.c DROP CONSTRAINT c_tenant_p_fkey$$; END IF;
      PERFORM set_config('schemawarden.refused', why || '; what was added for it has been taken back: ALTER TABLE public.c DROP CONSTRAINT c_tenant_p_fkey', false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.c DROP CONSTRAINT c_tenant_p_fkey', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '5/8 validate public.c.c_tenant_p_fkey: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 validate public.c.c_tenant_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/8 drop constraint public.c.c_p_fkey
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.c') and conname = 'c_p_fkey' and true))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.p IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.c IN ACCESS EXCLUSIVE MODE;
\echo '6/8 drop constraint public.c.c_p_fkey'
ALTER TABLE public.c DROP CONSTRAINT c_p_fkey;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 drop constraint public.c.c_p_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/8 analyze public.c
\if :changed
\echo '7/8 analyze public.c'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.c;
\endif

-- 8/8 analyze public.p
\if :changed
\echo '8/8 analyze public.p'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.p;
\endif
