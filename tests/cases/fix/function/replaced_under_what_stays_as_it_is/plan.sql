-- 1 step in 1 transaction; no session is stopped; hazards: none
-- warning: column public.c.g was computed by public.n(integer), which the plan replaces, and the plan cannot recompute it without side effects (triggers, rules, row security, or no column to set): drop column g of public.c and add it again, because it is computed from no other column
-- warning: values of domain public.d were checked by public.n(integer), which the plan replaces: those that fail now are found by `value::text::public.d`
-- warning: which partition of public.p a row is in was decided by public.n(integer), which the plan replaces: rows that belong into another one have to be deleted and inserted again
-- warning: materialized view public.m was computed by public.n(integer), which the plan replaces: REFRESH MATERIALIZED VIEW public.m
-- warning: materialized view public.mv was computed by public.n(integer), which the plan replaces: REFRESH MATERIALIZED VIEW public.mv
-- warning: exclusion constraint public.t.apart was computed by public.n(integer), which the plan replaces: REINDEX INDEX public.apart, which blocks writers
-- warning: rows of public.t were checked (positive) by public.n(integer), which the plan replaces: those that fail now are found by SELECT * FROM public.t WHERE NOT ((public.n(id) > 0))
-- warning: statistics public.s were computed by public.n(integer), which the plan replaces: ANALYZE public.t

-- 1/1 replace function public.n(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'n' and oidvectortypes(proargtypes) = 'integer' and pg_get_functiondef(oid) <> 'CREATE OR REPLACE FUNCTION public.n(integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1$function$
')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 replace function public.n(integer)'
CREATE OR REPLACE FUNCTION public.n(integer)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select $1 + 1$function$
;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 replace function public.n(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
