-- 2 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: none

-- 1/2 rename public.t.old_key to t_pkey
SELECT $$exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_pkey' and contype = 'p' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array['id']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/2 rename public.t.old_key to t_pkey'
ALTER TABLE public.t RENAME CONSTRAINT old_key TO t_pkey;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/2 rename public.t.old_key to t_pkey: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/2 rename public.t.old_index to t_a_idx
SELECT $$exists (select from pg_index where indexrelid = to_regclass('public.t_a_idx') and indrelid = to_regclass('public.t') and not indisunique and regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') in ('btree (a)'))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/2 rename public.t.old_index to t_a_idx'
ALTER INDEX public.old_index RENAME TO t_a_idx;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/2 rename public.t.old_index to t_a_idx: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
