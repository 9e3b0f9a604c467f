-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 rename public.p.old_name to p_id_key
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.p') and conname = 'p_id_key' and contype = 'u' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1) and pg_get_constraintdef(oid) not like 'UNIQUE NULLS NOT DISTINCT%')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 rename public.p.old_name to p_id_key'
ALTER TABLE public.p RENAME CONSTRAINT old_name TO p_id_key;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 rename public.p.old_name to p_id_key: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
