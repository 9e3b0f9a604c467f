-- 3 steps in 3 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/3 build index public.schemawarden_key_332115ec
SELECT $$(exists (select from pg_index where indexrelid = to_regclass('public.schemawarden_key_332115ec') and indrelid = to_regclass('public.t') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname in ('t_pkey') and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and condeferrable and condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 build index public.schemawarden_key_332115ec'
SET lock_timeout = '30min';
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY schemawarden_key_332115ec ON public.t USING btree (id);
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 build index public.schemawarden_key_332115ec: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/3 make public.t.t_pkey the primary key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and condeferrable and condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
\echo '2/3 make public.t.t_pkey the primary key'
ALTER TABLE public.t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX schemawarden_key_332115ec DEFERRABLE INITIALLY DEFERRED;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 make public.t.t_pkey the primary key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/3 analyze public.t
\if :changed
\echo '3/3 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
