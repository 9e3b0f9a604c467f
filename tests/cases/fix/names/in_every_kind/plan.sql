-- 13 steps in 12 transactions; readers and writers are stopped while a table is rewritten; hazards: table_rewrite (not allowed yet)
-- table_rewrite: add column "S 1"."T 1"."c 3": table "S 1"."T 1" is rewritten while readers and writers are stopped (100 rows, 8192 bytes)

-- 1/13 create schema "S ""2"""
SELECT $$exists (select from pg_namespace where nspname = 'S "2"' and true)$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/13 create schema "S ""2"""'
CREATE SCHEMA "S ""2""";
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/13 create schema "S ""2""": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 2/13 create enum "S ""2"""."E 'num"
SELECT $$to_regtype('"S ""2"""."E ''num"') is not null$$ AS end_2 \gset
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '2/13 create enum "S ""2"""."E ''num"'
CREATE TYPE "S ""2"""."E 'num" AS ENUM ('v''al', 'v"al', 'v;al');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/13 create enum "S ""2"""."E ''num": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 3/13 create domain "S ""2"""."D om"
SELECT $$to_regtype('"S ""2"""."D om"') is not null$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/13 create domain "S ""2"""."D om"'
CREATE DOMAIN "S ""2"""."D om" AS integer CONSTRAINT "dom $c$" CHECK ((VALUE > 0));
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/13 create domain "S ""2"""."D om": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 4/13 create sequence "S ""2"""."Se q"
SELECT $$exists (select from pg_class where oid = to_regclass('"S ""2"""."Se q"') and relkind in ('S'))$$ AS end_4 \gset
SELECT NOT ((:end_4)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '4/13 create sequence "S ""2"""."Se q"'
CREATE SEQUENCE "S ""2"""."Se q" AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE;
SELECT (:end_4) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '4/13 create sequence "S ""2"""."Se q": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 5/13 create function "S ""2"""."F;n"(integer)
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('"S ""2"""') and proname = 'F;n' and oidvectortypes(proargtypes) = 'integer' and true)$$ AS end_5 \gset
SELECT NOT ((:end_5)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '5/13 create function "S ""2"""."F;n"(integer)'
CREATE OR REPLACE FUNCTION "S ""2"""."F;n"("a b" integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ select '$$'::text; select 1 $function$
;
SELECT (:end_5) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '5/13 create function "S ""2"""."F;n"(integer): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 6/13 create function "S ""2""".tr()
SELECT $$exists (select from pg_proc where pronamespace = to_regnamespace('"S ""2"""') and proname = 'tr' and oidvectortypes(proargtypes) = '' and true)$$ AS end_6 \gset
SELECT NOT ((:end_6)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '6/13 create function "S ""2""".tr()'
CREATE OR REPLACE FUNCTION "S ""2""".tr()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin return new; end $function$
;
SELECT (:end_6) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '6/13 create function "S ""2""".tr(): done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 7/13 add column "S 1"."T 1"."c ""2"""
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('"S 1"."T 1"') and attname = 'c "2"' and not attisdropped and true)$$ AS end_7 \gset
SELECT NOT ((:end_7)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '7/13 add column "S 1"."T 1"."c ""2"""'
ALTER TABLE "S 1"."T 1" ADD COLUMN "c ""2""" "S ""2"""."E 'num" DEFAULT 'v''al'::"S ""2"""."E 'num";
SELECT (:end_7) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '7/13 add column "S 1"."T 1"."c ""2""": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 8/13 add column "S 1"."T 1"."c 3"
SELECT $$exists (select from pg_attribute where attrelid = to_regclass('"S 1"."T 1"') and attname = 'c 3' and not attisdropped and true)$$ AS end_8 \gset
SELECT NOT ((:end_8)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = 0;
BEGIN;
\echo '8/13 add column "S 1"."T 1"."c 3"'
ALTER TABLE "S 1"."T 1" ADD COLUMN "c 3" "S ""2"""."D om";
SELECT (:end_8) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '8/13 add column "S 1"."T 1"."c 3": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 9/13 create view "S 1"."v.w"
SELECT $$exists (select from pg_class where oid = to_regclass('"S 1"."v.w"') and relkind in ('v'))$$ AS end_9 \gset
SELECT NOT ((:end_9)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '9/13 create view "S 1"."v.w"'
CREATE VIEW "S 1"."v.w" ("a.b", "c""d") AS  SELECT "T 1"."c 1" AS "a.b",
    'a''b'::text AS "c""d"
   FROM "S 1"."T 1";
SELECT (:end_9) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '9/13 create view "S 1"."v.w": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 10/13 create materialized view "S 1"."m w"
-- 11/13 create index "S 1"."m w"."i x"
SELECT $$exists (select from pg_class where oid = to_regclass('"S 1"."m w"') and relkind in ('m'))$$ AS end_10,
       $$exists (select from pg_index where indexrelid = to_regclass('"S 1"."i x"') and indrelid = to_regclass('"S 1"."m w"') and true)$$ AS end_11 \gset
SELECT NOT ((:end_10) AND (:end_11)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_10)) AS todo \gset
\if :todo
\echo '10/13 create materialized view "S 1"."m w"'
CREATE MATERIALIZED VIEW "S 1"."m w" ("c 1") AS  SELECT "T 1"."c 1"
   FROM "S 1"."T 1";
SELECT (:end_10) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '10/13 create materialized view "S 1"."m w": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_11)) AS todo \gset
\if :todo
\echo '11/13 create index "S 1"."m w"."i x"'
CREATE INDEX "i x" ON "S 1"."m w" USING btree ("c 1");
SELECT (:end_11) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '11/13 create index "S 1"."m w"."i x": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 12/13 create trigger "S 1"."T 1"."tr ig"
SELECT $$exists (select from pg_trigger where tgrelid = to_regclass('"S 1"."T 1"') and tgname = 'tr ig' and not tgisinternal and true)$$ AS end_12 \gset
SELECT NOT ((:end_12)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '12/13 create trigger "S 1"."T 1"."tr ig"'
CREATE TRIGGER "tr ig" BEFORE UPDATE OF "c 1" ON "S 1"."T 1" FOR EACH ROW EXECUTE FUNCTION "S ""2""".tr('it''s', '$$');
SELECT (:end_12) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '12/13 create trigger "S 1"."T 1"."tr ig": done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif

-- 13/13 analyze "S 1"."T 1"
\if :changed
\echo '13/13 analyze "S 1"."T 1"'
SET lock_timeout = '300ms';
SET statement_timeout = 0;
ANALYZE "S 1"."T 1";
\endif
