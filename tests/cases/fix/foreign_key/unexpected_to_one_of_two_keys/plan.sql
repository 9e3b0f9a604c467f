-- 7 steps in 5 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop constraint public.other.other_fk: constraint public.other.other_fk (300 rows, 48 kB)
-- data_loss: drop foreign key public.other.other_fk, which depends on the old key: constraint public.other.other_fk (300 rows, 48 kB)
-- data_loss: drop foreign key public.role.role_fk, which depends on the old key: constraint public.role.role_fk (300 rows, 48 kB)
-- data_loss: drop column public.role.permission: column public.role.permission and its values (300 rows, 48 kB)

-- 1/7 drop constraint public.other.other_fk
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.other') and conname = 'other_fk' and true))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.permission IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.other IN ACCESS EXCLUSIVE MODE;
\echo '1/7 drop constraint public.other.other_fk'
ALTER TABLE public.other DROP CONSTRAINT other_fk;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/7 drop constraint public.other.other_fk: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/7 build index public.permission_pkey
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.permission_pkey') and indrelid = to_regclass('public.permission') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.permission') and conname in ('permission_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/7 build index public.permission_pkey'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY permission_pkey ON public.permission USING btree (id);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/7 build index public.permission_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/7 drop foreign key public.other.other_fk, which depends on the old key
-- 4/7 drop foreign key public.role.role_fk, which depends on the old key
-- 5/7 make public.permission.permission_pkey the primary key
SELECT $$not (exists (select from pg_constraint where conrelid = to_regclass('public.other') and conname = 'other_fk' and true))$$ AS end_3,
       $$not (exists (select from pg_constraint where conrelid = to_regclass('public.role') and conname = 'role_fk' and true))$$ AS end_4,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.permission') and conname = 'permission_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_5 \gset
SELECT NOT ((:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.permission IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.other IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.role IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/7 drop foreign key public.other.other_fk, which depends on the old key'
ALTER TABLE public.other DROP CONSTRAINT other_fk;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/7 drop foreign key public.other.other_fk, which depends on the old key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/7 drop foreign key public.role.role_fk, which depends on the old key'
ALTER TABLE public.role DROP CONSTRAINT role_fk;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/7 drop foreign key public.role.role_fk, which depends on the old key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/7 make public.permission.permission_pkey the primary key'
ALTER TABLE public.permission DROP CONSTRAINT permission_name_key, ADD CONSTRAINT permission_pkey PRIMARY KEY USING INDEX permission_pkey;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/7 make public.permission.permission_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 6/7 drop column public.role.permission
SELECT $$not (exists (select from pg_attribute where attrelid = to_regclass('public.role') and attname = 'permission' and not attisdropped and true))$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/7 drop column public.role.permission'
ALTER TABLE public.role DROP COLUMN permission;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/7 drop column public.role.permission: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/7 analyze public.permission
\if :changed
\echo '7/7 analyze public.permission'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.permission;
\endif
