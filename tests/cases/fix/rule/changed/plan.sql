-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 replace rule public.t.keep
SELECT $$exists (select from pg_rewrite w where w.ev_class = to_regclass('public.t') and w.rulename = 'keep' and (rtrim(pg_get_ruledef(w.oid), '; ')) <> 'CREATE RULE keep AS
    ON DELETE TO public.t DO  INSERT INTO public.log (a)
  VALUES (old.a)')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 replace rule public.t.keep'
CREATE OR REPLACE RULE keep AS
    ON DELETE TO public.t DO  INSERT INTO public.log (a)
  VALUES (old.id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 replace rule public.t.keep: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
