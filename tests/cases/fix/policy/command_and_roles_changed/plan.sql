-- 3 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 drop policy public.t.own
-- 2/3 create policy public.t.own
-- 3/3 set the roles of policy public.t.own
SELECT $$(not (exists (select from pg_policy where polrelid = to_regclass('public.t') and polname = 'own' and true)) or (exists (select from pg_policy p where p.polrelid = to_regclass('public.t') and p.polname = 'own' and ((select format('CREATE POLICY %I ON %I.%I AS %s FOR %s', p.polname, s.nspname, c.relname, case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end, case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end) from pg_class c join pg_namespace s on s.oid = c.relnamespace where c.oid = p.polrelid) || case when p.polqual is null then '' else ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')' end || case when p.polwithcheck is null then '' else ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')' end) <> 'CREATE POLICY own ON public.t AS PERMISSIVE FOR SELECT USING ((owner = CURRENT_USER))')))$$ AS end_1,
       $$exists (select from pg_policy p where p.polrelid = to_regclass('public.t') and p.polname = 'own' and ((select format('CREATE POLICY %I ON %I.%I AS %s FOR %s', p.polname, s.nspname, c.relname, case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end, case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end) from pg_class c join pg_namespace s on s.oid = c.relnamespace where c.oid = p.polrelid) || case when p.polqual is null then '' else ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')' end || case when p.polwithcheck is null then '' else ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')' end) <> 'CREATE POLICY own ON public.t AS PERMISSIVE FOR SELECT USING ((owner = CURRENT_USER))')$$ AS end_2,
       $$exists (select from pg_policy p where p.polrelid = to_regclass('public.t') and p.polname = 'own' and array(select rolname::text from pg_roles r where r.oid = any (p.polroles) order by rolname) = array['sw_case_reader']::text[])$$ AS end_3 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop policy public.t.own'
DROP POLICY own ON public.t;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 create policy public.t.own'
CREATE POLICY own ON public.t AS PERMISSIVE FOR UPDATE USING ((owner = CURRENT_USER));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/3 set the roles of policy public.t.own'
ALTER POLICY own ON public.t TO sw_case_reader;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 set the roles of policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
