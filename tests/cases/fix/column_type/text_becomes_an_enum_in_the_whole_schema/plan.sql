-- 4 steps in 3 transactions; readers and writers are stopped while a table is rewritten; hazards: data_loss,table_rewrite
-- data_loss: drop constraint public.t.t_state_check: constraint public.t.t_state_check (300 rows, 48 kB)
-- table_rewrite: alter public.t: state public.state: table public.t is rewritten while readers and writers are stopped (300 rows, 48 kB)

-- 1/4 create enum public.state
SELECT $$to_regtype('public.state') is not null$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 create enum public.state'
CREATE TYPE public.state AS ENUM ('open', 'shut');
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 create enum public.state: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 drop constraint public.t.t_state_check
-- 3/4 alter public.t: state public.state
SELECT $$(not (exists (select from pg_constraint where conrelid = to_regclass('public.t') and conname = 't_state_check' and true)) or exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'state' and not attisdropped and format_type(atttypid, atttypmod) = 'public.state' and attcollation = (select typcollation from pg_type where oid = atttypid)))$$ AS end_2,
       $$exists (select from pg_attribute where attrelid = to_regclass('public.t') and attname = 'state' and not attisdropped and format_type(atttypid, atttypmod) = 'public.state' and attcollation = (select typcollation from pg_type where oid = atttypid))$$ AS end_3 \gset
SELECT NOT ((:end_2) AND (:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
LOCK TABLE ONLY public.t IN ACCESS EXCLUSIVE MODE;
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 drop constraint public.t.t_state_check'
ALTER TABLE public.t DROP CONSTRAINT t_state_check;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 drop constraint public.t.t_state_check: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 alter public.t: state public.state'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ALTER TABLE public.t ALTER COLUMN state DROP DEFAULT, ALTER COLUMN state TYPE public.state USING state::public.state, ALTER COLUMN state SET DEFAULT 'open'::public.state;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 alter public.t: state public.state: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 4/4 analyze public.t
\if :changed
\echo '4/4 analyze public.t'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE public.t;
\endif
