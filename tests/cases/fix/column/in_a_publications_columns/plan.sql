-- 3 steps in 2 transactions; no session is stopped for longer than about 300 ms; hazards: data_loss
-- data_loss: drop column public.item.note: column public.item.note and its values (0 rows, 0 bytes)

-- 1/3 drop publication feed
-- 2/3 create publication feed
SELECT $$(not (exists (select from pg_publication where pubname = 'feed' and true)) or (exists (select from pg_publication p where p.pubname = 'feed' and (format('CREATE PUBLICATION %I', p.pubname) || case when p.puballtables then ' FOR ALL TABLES' else coalesce(' FOR ' || ( select string_agg(m.member, ', ' order by m.rank, m.member) from ( select 1 as rank, 'TABLE ' || string_agg( format('ONLY %I.%I', n.nspname, c.relname) || coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attname) || ')' from pg_attribute a where a.attrelid = c.oid and a.attnum = any (member.prattrs::int2[])), '') || case when member.prqual is null then '' else ' WHERE (' || pg_get_expr(member.prqual, member.prrelid) || ')' end, ', ' order by n.nspname, c.relname) as member from (select null::pg_node_tree as prqual, null::int2vector as prattrs) lacking cross join lateral (select prrelid, prqual, prattrs from pg_publication_rel where prpubid = p.oid) member join pg_class c on c.oid = member.prrelid join pg_namespace n on n.oid = c.relnamespace union all select 2, 'TABLES IN SCHEMA ' || string_agg(quote_ident(n.nspname), ', ' order by n.nspname) from pg_depend d join pg_depend s on s.classid = d.classid and s.objid = d.objid and s.refclassid = 'pg_namespace'::regclass join pg_namespace n on n.oid = s.refobjid where d.refclassid = 'pg_publication'::regclass and d.refobjid = p.oid and d.classid = to_regclass('pg_catalog.pg_publication_namespace') ) m), '') end || (select format(' WITH (publish = %L%s%s)', concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end), case when p.pubviaroot then ', publish_via_partition_root = true' end, case newer.columns when 's' then ', publish_generated_columns = stored' end) from (select null::"char" as pubgencols) lacking cross join lateral (select pubgencols as columns from pg_publication where oid = p.oid) newer)) <> 'CREATE PUBLICATION feed FOR TABLE ONLY public.item (id, note) WITH (publish = ''insert, update, delete, truncate'')')))$$ AS end_1,
       $$exists (select from pg_publication p where p.pubname = 'feed' and (format('CREATE PUBLICATION %I', p.pubname) || case when p.puballtables then ' FOR ALL TABLES' else coalesce(' FOR ' || ( select string_agg(m.member, ', ' order by m.rank, m.member) from ( select 1 as rank, 'TABLE ' || string_agg( format('ONLY %I.%I', n.nspname, c.relname) || coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attname) || ')' from pg_attribute a where a.attrelid = c.oid and a.attnum = any (member.prattrs::int2[])), '') || case when member.prqual is null then '' else ' WHERE (' || pg_get_expr(member.prqual, member.prrelid) || ')' end, ', ' order by n.nspname, c.relname) as member from (select null::pg_node_tree as prqual, null::int2vector as prattrs) lacking cross join lateral (select prrelid, prqual, prattrs from pg_publication_rel where prpubid = p.oid) member join pg_class c on c.oid = member.prrelid join pg_namespace n on n.oid = c.relnamespace union all select 2, 'TABLES IN SCHEMA ' || string_agg(quote_ident(n.nspname), ', ' order by n.nspname) from pg_depend d join pg_depend s on s.classid = d.classid and s.objid = d.objid and s.refclassid = 'pg_namespace'::regclass join pg_namespace n on n.oid = s.refobjid where d.refclassid = 'pg_publication'::regclass and d.refobjid = p.oid and d.classid = to_regclass('pg_catalog.pg_publication_namespace') ) m), '') end || (select format(' WITH (publish = %L%s%s)', concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end), case when p.pubviaroot then ', publish_via_partition_root = true' end, case newer.columns when 's' then ', publish_generated_columns = stored' end) from (select null::"char" as pubgencols) lacking cross join lateral (select pubgencols as columns from pg_publication where oid = p.oid) newer)) <> 'CREATE PUBLICATION feed FOR TABLE ONLY public.item (id, note) WITH (publish = ''insert, update, delete, truncate'')')$$ AS end_2 \gset
SELECT NOT ((:end_1) AND (:end_2)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
\echo '1/3 drop publication feed'
DROP PUBLICATION feed;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/3 drop publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
SELECT NOT ((:end_2)) AS todo \gset
\if :todo
\echo '2/3 create publication feed'
CREATE PUBLICATION feed FOR TABLE ONLY public.item (id) WITH (publish = 'insert, update, delete, truncate');
SELECT (:end_2) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '2/3 create publication feed: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
\endif
COMMIT;
\set changed on
\endif

-- 3/3 drop column public.item.note
SELECT $$not (exists (select from pg_attribute where attrelid = to_regclass('public.item') and attname = 'note' and not attisdropped and true))$$ AS end_3 \gset
SELECT NOT ((:end_3)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '3/3 drop column public.item.note'
ALTER TABLE public.item DROP COLUMN note;
SELECT (:end_3) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '3/3 drop column public.item.note: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
