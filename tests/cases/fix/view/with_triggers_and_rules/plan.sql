-- 5 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/5 drop rule public.v.v_delete
-- 2/5 drop view public.v
-- 3/5 create view public.v
-- 4/5 create trigger public.v.v_insert
-- 5/5 create rule public.v.v_delete
SELECT $$(not (exists (select from pg_rewrite where ev_class = to_regclass('public.v') and rulename = 'v_delete' and true)) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t'))$$ AS end_1,
       $$(not (exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))) or exists (select from pg_class where oid = to_regclass('public.v') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    t.a
   FROM public.t'))$$ AS end_2,
       $$exists (select from pg_class where oid = to_regclass('public.v') and relkind in ('v'))$$ AS end_3,
       $$exists (select from pg_trigger where tgrelid = to_regclass('public.v') and tgname = 'v_insert' and not tgisinternal and true)$$ AS end_4,
       $$exists (select from pg_rewrite where ev_class = to_regclass('public.v') and rulename = 'v_delete' and true)$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 drop rule public.v.v_delete'
DROP RULE v_delete ON public.v;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop rule public.v.v_delete: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 drop view public.v'
DROP VIEW public.v;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 drop view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 create view public.v'
CREATE VIEW public.v (a, id) AS  SELECT t.a,
    t.id
   FROM public.t;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 create view public.v: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 create trigger public.v.v_insert'
CREATE TRIGGER v_insert INSTEAD OF INSERT ON public.v FOR EACH ROW EXECUTE FUNCTION public.f();
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 create trigger public.v.v_insert: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/5 create rule public.v.v_delete'
CREATE RULE v_delete AS
    ON DELETE TO public.v DO INSTEAD NOTHING;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/5 create rule public.v.v_delete: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
