-- 4 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/4 create table public.members
-- 2/4 create constraint public.members.members_pkey
SELECT $$exists (select from pg_class where oid = to_regclass('public.members') and relkind in ('r', 'p'))$$ AS end_1,
       $$exists (select from pg_constraint where conrelid = to_regclass('public.members') and conname = 'members_pkey' and true)$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 create table public.members'
CREATE TABLE public.members (name text NOT NULL);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create table public.members: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 create constraint public.members.members_pkey'
ALTER TABLE public.members ADD CONSTRAINT members_pkey PRIMARY KEY (name);
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 create constraint public.members.members_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/4 create policy public.t.own
SELECT $$exists (select from pg_policy where polrelid = to_regclass('public.t') and polname = 'own' and true)$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 create policy public.t.own'
CREATE POLICY own ON public.t AS PERMISSIVE FOR ALL USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.name = t.owner))));
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 create policy public.t.own: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 enable row security of public.t
SELECT $$exists (select from pg_class where oid = to_regclass('public.t') and relrowsecurity)$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 enable row security of public.t'
ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 enable row security of public.t: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
