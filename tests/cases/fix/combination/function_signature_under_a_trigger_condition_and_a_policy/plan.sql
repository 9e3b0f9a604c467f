-- 8 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/8 drop rule public.t.r
-- 2/8 drop policy public.t.own
-- 3/8 drop trigger public.t.g
-- 4/8 drop function public.visible(integer)
-- 5/8 create function public.visible(integer)
-- 6/8 create trigger public.t.g
-- 7/8 create policy public.t.own
-- 8/8 create rule public.t.r
SELECT $$(not (exists (select from pg_rewrite where ev_class = to_regclass('public.t') and rulename = 'r' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'visible' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.visible(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_1,
       $$(not (exists (select from pg_policy where polrelid = to_regclass('public.t') and polname = 'own' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'visible' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.visible(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_2,
       $$(not (exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'g' and not tgisinternal and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'visible' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.visible(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_3,
       $$(not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'visible' and oidvectortypes(proargtypes) = 'integer' and true)) or exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'visible' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.visible(a integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a $function$
'))$$ AS end_4,
       $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'visible' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_5,
       $$exists (select from pg_trigger where tgrelid = to_regclass('public.t') and tgname = 'g' and not tgisinternal and true)$$ AS end_6,
       $$exists (select from pg_policy where polrelid = to_regclass('public.t') and polname = 'own' and true)$$ AS end_7,
       $$exists (select from pg_rewrite where ev_class = to_regclass('public.t') and rulename = 'r' and true)$$ AS end_8 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5) AND (:end_6) AND (:end_7) AND (:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/8 drop rule public.t.r'
DROP RULE r ON public.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/8 drop rule public.t.r: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/8 drop policy public.t.own'
DROP POLICY own ON public.t;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/8 drop policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/8 drop trigger public.t.g'
DROP TRIGGER g ON public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/8 drop trigger public.t.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/8 drop function public.visible(integer)'
DROP FUNCTION public.visible(integer);
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/8 drop function public.visible(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/8 create function public.visible(integer)'
CREATE OR REPLACE FUNCTION public.visible(a integer)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$ select a::bigint $function$
;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/8 create function public.visible(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
\echo '6/8 create trigger public.t.g'
CREATE TRIGGER g BEFORE UPDATE ON public.t FOR EACH ROW WHEN ((public.visible(new.a) > 0)) EXECUTE FUNCTION public.f();
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/8 create trigger public.t.g: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
\echo '7/8 create policy public.t.own'
CREATE POLICY own ON public.t AS PERMISSIVE FOR ALL USING ((public.visible(a) > 0));
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/8 create policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
\echo '8/8 create rule public.t.r'
CREATE RULE r AS
    ON DELETE TO public.t
   WHERE (public.visible(old.a) > 0) DO INSTEAD NOTHING;
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/8 create rule public.t.r: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
