-- 4 steps in 4 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop table public.post_notes: table public.post_notes and its rows (0 rows, 0 bytes)
-- data_loss: drop view public.old_posts: view public.old_posts (0 bytes)
-- data_loss: drop function public.note_change(): function public.note_change()
-- data_loss: drop function public.refuse_old(): function public.refuse_old()

-- 1/4 drop table public.post_notes
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.post_notes') and relkind in ('r', 'p')))$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/4 drop table public.post_notes'
DROP TABLE public.post_notes;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 drop table public.post_notes: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/4 drop view public.old_posts
SELECT $$not (exists (select from pg_class where oid = to_regclass('public.old_posts') and relkind in ('v')))$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/4 drop view public.old_posts'
DROP VIEW public.old_posts;
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 drop view public.old_posts: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/4 drop function public.note_change()
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'note_change' and oidvectortypes(proargtypes) = '' and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/4 drop function public.note_change()'
DROP FUNCTION public.note_change();
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 drop function public.note_change(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/4 drop function public.refuse_old()
SELECT $$not (exists (select from pg_proc where pronamespace = to_regnamespace('public') and proname = 'refuse_old' and oidvectortypes(proargtypes) = '' and true))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/4 drop function public.refuse_old()'
DROP FUNCTION public.refuse_old();
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 drop function public.refuse_old(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
