-- 10 steps in 5 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite
-- table_rewrite: alter public.logins: email public.citext: table public.logins is rewritten while readers and writers are stopped (2 rows, 16 kB)
-- table_rewrite: alter public.users: email public.citext, name public.citext, price integer: table public.users is rewritten while readers and writers are stopped (3 rows, 16 kB)

-- 1/10 drop constraint public.users.users_price_check
-- 2/10 drop constraint public.logins.logins_email_fkey
-- 3/10 alter public.logins: email public.citext
-- 4/10 alter public.users: email public.citext, name public.citext, price integer
-- 5/10 add constraint public.logins.logins_email_fkey again
-- 6/10 add constraint public.users.users_price_check again
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.users') and conname = 'users_price_check' and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.logins') and attname = 'email' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'email' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'name' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'price' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_1,
       $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.logins') and conname = 'logins_email_fkey' and true)) or (exists (select from pg_attribute where attrelid = to_regclass('public.logins') and attname = 'email' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'email' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'name' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'price' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.logins') and attname = 'email' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'email' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'name' and not attisdropped and format_type(atttypid, atttypmod) = 'public.citext' and attcollation = (select typcollation from pg_type where oid = atttypid)) and exists (select from pg_attribute where attrelid = to_regclass('public.users') and attname = 'price' and not attisdropped and format_type(atttypid, atttypmod) = 'integer' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_4,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.logins') and conname = 'logins_email_fkey' and contype = 'f' and confrelid = to_regclass('public.users') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['email']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array['email']::text[] and confupdtype = 'a' and confdeltype = 'a' and confmatchtype = 's' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D'))$$ AS end_5,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.users') and conname = 'users_price_check' and true)$$ AS end_6 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.logins IN ACCESS EXCLUSIVE MODE;
LOCK TABLE ONLY public.users IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/10 drop constraint public.users.users_price_check'
ALTER TABLE public.users DROP CONSTRAINT users_price_check;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/10 drop constraint public.users.users_price_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/10 drop constraint public.logins.logins_email_fkey'
ALTER TABLE public.logins DROP CONSTRAINT logins_email_fkey;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/10 drop constraint public.logins.logins_email_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/10 alter public.logins: email public.citext'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO 'BEGIN IF (select count(*) from public.logins where email is not null and ((email::public.citext)::public.citext::text)::text is distinct from (email)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.logins.email are not the same after the conversion to public.citext and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.logins ALTER COLUMN email TYPE public.citext USING email::public.citext;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/10 alter public.logins: email public.citext: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/10 alter public.users: email public.citext, name public.citext, price integer'
SET LOCAL row_security = 'on';
SET LOCAL search_path = "$user", public;
DO 'BEGIN IF (select count(*) from public.users where email is not null and ((email::public.citext)::public.citext::text)::text is distinct from (email)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.users.email are not the same after the conversion to public.citext and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.users where name is not null and ((name::public.citext)::public.citext::text)::text is distinct from (name)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.users.name are not the same after the conversion to public.citext and back: written after the plan was made, nothing was converted, plan again''; END IF; IF (select count(*) from public.users where price is not null and ((price::integer)::integer::numeric(10,2))::text is distinct from (price)::text) > 0 THEN RAISE EXCEPTION USING ERRCODE = ''data_exception'', MESSAGE = ''values of public.users.price are not the same after the conversion to integer and back: written after the plan was made, nothing was converted, plan again''; END IF; END';
ALTER TABLE public.users ALTER COLUMN email TYPE public.citext USING email::public.citext, ALTER COLUMN name TYPE public.citext USING name::public.citext, ALTER COLUMN price TYPE integer USING price::integer;
RESET ROLE;
SET standard_conforming_strings = 'on';
SET backslash_quote = 'safe_encoding';
SET search_path = pg_catalog;
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = '1';
SET lc_monetary = 'C';
SET row_security = 'off';
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/10 alter public.users: email public.citext, name public.citext, price integer: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/10 add constraint public.logins.logins_email_fkey again'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TABLE public.logins ADD CONSTRAINT logins_email_fkey FOREIGN KEY (email) REFERENCES public.users(email) NOT VALID;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/10 add constraint public.logins.logins_email_fkey again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/10 add constraint public.users.users_price_check again'
ALTER TABLE public.users ADD CONSTRAINT users_price_check CHECK ((price > 0)) NOT VALID;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/10 add constraint public.users.users_price_check again: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 7/10 validate public.logins.logins_email_fkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.logins') and conname in ('logins_email_fkey') and convalidated and true)$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '7/10 validate public.logins.logins_email_fkey'
ALTER TABLE public.logins VALIDATE CONSTRAINT logins_email_fkey;
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/10 validate public.logins.logins_email_fkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/10 validate public.users.users_price_check
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.users') and conname in ('users_price_check') and convalidated and true)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/10 validate public.users.users_price_check'
DO $sql$DECLARE
  why text;
  back text := '';
BEGIN
  PERFORM set_config('schemawarden.refused', '', false);
  EXECUTE $$ALTER TABLE public.users VALIDATE CONSTRAINT users_price_check$$;
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF exists (select from pg_constraint where conrelid = to_regclass('public.users') and conname = 'users_price_check' and not convalidated) THEN
        BEGIN
          EXECUTE $$ALTER TABLE public.users DROP CONSTRAINT users_price_check, ADD CONSTRAINT users_price_check CHECK ((price > (0)::numeric)) NOT VALID$$;
          back := '; what was added for it has been taken back, and what was there before put back: ALTER TABLE public.users DROP CONSTRAINT users_price_check, ADD CONSTRAINT users_price_check CHECK ((price > (0)::numeric)) NOT VALID';
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN RAISE;
        WHEN OTHERS THEN
          back := '; what was added for it has been taken back: ALTER TABLE public.users DROP CONSTRAINT users_price_check' || '; what was there before could not be put back: ' || SQLERRM;
          EXECUTE $$ALTER TABLE public.users DROP CONSTRAINT users_price_check$$;
        END;
      END IF;
      PERFORM set_config('schemawarden.refused', why || back, false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('schemawarden.refused', why || '; what was added for it refuses new rows, do ALTER TABLE public.users DROP CONSTRAINT users_price_check, ADD CONSTRAINT users_price_check CHECK ((price > (0)::numeric)) NOT VALID', false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END$sql$;
COMMIT;
BEGIN;
DO $sql$BEGIN
  IF current_setting('schemawarden.refused', true) <> '' AND exists (select from pg_constraint where conrelid = to_regclass('public.users') and conname = 'users_price_check' and not convalidated) THEN EXECUTE $$ALTER TABLE public.users VALIDATE CONSTRAINT users_price_check$$; END IF;
EXCEPTION WHEN OTHERS THEN
  PERFORM set_config('schemawarden.refused', current_setting('schemawarden.refused') || '; it is NOT VALID now, which ALTER TABLE public.users VALIDATE CONSTRAINT users_price_check ends: ' || SQLERRM, false);
END$sql$;
COMMIT;
DO $$BEGIN IF current_setting('schemawarden.refused', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = '8/10 validate public.users.users_price_check: ' || current_setting('schemawarden.refused'), HINT = 'Correct the rows, and plan again.'; END IF; END$$;
BEGIN;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/10 validate public.users.users_price_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/10 analyze public.logins
\if :changed
\echo '9/10 analyze public.logins'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.logins;
\endif

-- 10/10 analyze public.users
\if :changed
\echo '10/10 analyze public.users'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.users;
\endif
