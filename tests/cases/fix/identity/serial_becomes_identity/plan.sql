-- 5 steps in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/5 drop the default of public.t.id
-- 2/5 rename sequence public.t_id_seq to schemawarden_seq_83da289a
-- 3/5 make public.t.id an identity column
-- 4/5 set sequence of public.t.id to its last value
-- 5/5 drop sequence public.schemawarden_seq_83da289a
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and (not atthasdef or attidentity <> ''))$$ AS end_1,
       $$(exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_83da289a') and relkind in ('S')) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity <> ''))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'id' and not attisdropped and attidentity <> '')$$ AS end_3,
       $$(pg_sequence_last_value(to_regclass('public.schemawarden_seq_83da289a')) is null or coalesce(pg_sequence_last_value(to_regclass('public.schemawarden_seq_83da289a')) <= pg_sequence_last_value(to_regclass('public.t_id_seq')), false))$$ AS end_4,
       $$not (exists (select from pg_class where oid = to_regclass('public.schemawarden_seq_83da289a') and relkind in ('S')))$$ AS end_5 \gset
SELECT NOT ((:end_1) AND (:end_2) AND (:end_3) AND (:end_4) AND (:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/5 drop the default of public.t.id'
ALTER TABLE public.t ALTER COLUMN id DROP DEFAULT;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/5 drop the default of public.t.id: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/5 rename sequence public.t_id_seq to schemawarden_seq_83da289a'
ALTER SEQUENCE public.t_id_seq RENAME TO schemawarden_seq_83da289a;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/5 rename sequence public.t_id_seq to schemawarden_seq_83da289a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/5 make public.t.id an identity column'
ALTER TABLE public.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.t_id_seq START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE);
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/5 make public.t.id an identity column: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/5 set sequence of public.t.id to its last value'
SELECT setval('public.t_id_seq'::regclass, pg_sequence_last_value(to_regclass('public.schemawarden_seq_83da289a')));
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/5 set sequence of public.t.id to its last value: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
\echo '5/5 drop sequence public.schemawarden_seq_83da289a'
DROP SEQUENCE public.schemawarden_seq_83da289a;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/5 drop sequence public.schemawarden_seq_83da289a: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif
