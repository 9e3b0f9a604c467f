-- 2 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 make public.t.id an identity column
-- 2/2 set sequence public.t_id_seq to the greatest value of public.t.id
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity <> '')$$ AS end_1,
       $$((select max(id)::bigint from public.t) is null or coalesce((select max(id)::bigint from public.t) <= pg_sequence_last_value(to_regclass('public.t_id_seq')), false))$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/2 make public.t.id an identity column'
ALTER TABLE public.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.t_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 make public.t.id an identity column: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/2 set sequence public.t_id_seq to the greatest value of public.t.id'
SELECT setval('public.t_id_seq'::regclass, (select max(id)::bigint from public.t));
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 set sequence public.t_id_seq to the greatest value of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
