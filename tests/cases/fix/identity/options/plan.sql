-- 1 step in 1 transaction; no session is stopped; hazards: none

-- 1/1 alter sequence public.t_id_seq
SELECT $$exists (select from pg_sequence where seqrelid = to_regclass('public.t_id_seq') and format_type(seqtypid, null) = 'integer' and seqstart = -5 and seqincrement = 2 and seqmin = -5 and seqmax = 100000 and seqcache = 4 and seqcycle = true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 alter sequence public.t_id_seq'
ALTER SEQUENCE public.t_id_seq AS integer START WITH -5 INCREMENT BY 2 MINVALUE -5 MAXVALUE 100000 CACHE 4 CYCLE;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 alter sequence public.t_id_seq: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
