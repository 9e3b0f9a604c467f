-- 4 steps in 4 transactions; no session is stopped; hazards: none

-- 1/4 add label 'asleep' to enum public.mood
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.mood') and enumlabel = 'asleep')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/4 add label ''asleep'' to enum public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.mood ADD VALUE 'asleep' BEFORE 'calm';
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/4 add label ''asleep'' to enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 2/4 add label 'bored' to enum public.mood
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.mood') and enumlabel = 'bored')$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/4 add label ''bored'' to enum public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.mood ADD VALUE 'bored' AFTER 'calm';
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/4 add label ''bored'' to enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 3/4 add label 'angry' to enum public.mood
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.mood') and enumlabel = 'angry')$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
\echo '3/4 add label ''angry'' to enum public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.mood ADD VALUE 'angry' AFTER 'bored';
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/4 add label ''angry'' to enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif

-- 4/4 add label 'lost' to enum public.mood
SELECT $$exists (select from pg_enum where enumtypid = to_regtype('public.mood') and enumlabel = 'lost')$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
\echo '4/4 add label ''lost'' to enum public.mood'
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
ALTER TYPE public.mood ADD VALUE 'lost' AFTER 'wild';
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/4 add label ''lost'' to enum public.mood: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\set changed on
\endif
