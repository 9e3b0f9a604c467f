-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 create rule public.t.keep
SELECT $$exists (select from pg_rewrite where ev_class = to_regclass('public.t') and rulename = 'keep' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 create rule public.t.keep'
SELECT $$CREATE RULE keep AS
    ON DELETE TO public.t DO ( INSERT INTO public.log (a)
  VALUES (old.a);

 NOTIFY kept;
)$$ \gexec
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 create rule public.t.keep: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 create rule public.t.quiet
SELECT $$exists (select from pg_rewrite where ev_class = to_regclass('public.t') and rulename = 'quiet' and true)$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 create rule public.t.quiet'
CREATE RULE quiet AS
    ON UPDATE TO public.t
   WHERE (new.a < 0) DO INSTEAD NOTHING;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 create rule public.t.quiet: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
