-- Purpose: publications, each with the statement that creates it; null if a row filter reads a busy relation $2 oid[]
--          ($1 oid[] is not used). Their members are the tables that were named, without inheritance children, and
--          columns in the order of their names.
-- Locks:   ACCESS SHARE on the tables that have row filters. Cost: one expression a row filter.
-- Least server version: 14, which has neither row filters, nor columns, nor schemas: for a column that a catalog lacks
--          the NULL beside it is used, and the schemas are read from pg_depend.
select 0::oid as relation, ''::text as table_schema, ''::text as table_name, ''::text as schema, p.pubname as name,
       held.is as busy, 'O'::"char" as enabled, null::int4 as target, array[]::text[] as roles,
       case when not held.is then
       -- definition
       format('CREATE PUBLICATION %I', p.pubname)
       || case when p.puballtables then ' FOR ALL TABLES' else coalesce(' FOR ' || (
            select string_agg(m.member, ', ' order by m.rank, m.member)
            from (
              select 1 as rank, 'TABLE ' || string_agg(
                format('ONLY %I.%I', n.nspname, c.relname)
                || coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attname) || ')'
                             from pg_attribute a
                             where a.attrelid = c.oid and a.attnum = any (member.prattrs::int2[])), '')
                || case when member.prqual is null then '' else
                     ' WHERE (' || pg_get_expr(member.prqual, member.prrelid) || ')' end,
                ', ' order by n.nspname, c.relname) as member
              from (select null::pg_node_tree as prqual, null::int2vector as prattrs) lacking
              cross join lateral (select prrelid, prqual, prattrs from pg_publication_rel where prpubid = p.oid) member
              join pg_class c on c.oid = member.prrelid
              join pg_namespace n on n.oid = c.relnamespace
              union all
              select 2, 'TABLES IN SCHEMA ' || string_agg(quote_ident(n.nspname), ', ' order by n.nspname)
              from pg_depend d
              join pg_depend s on s.classid = d.classid and s.objid = d.objid and s.refclassid = 'pg_namespace'::regclass
              join pg_namespace n on n.oid = s.refobjid
              where d.refclassid = 'pg_publication'::regclass and d.refobjid = p.oid
                and d.classid = to_regclass('pg_catalog.pg_publication_namespace')
            ) m), '') end
       || (select format(' WITH (publish = %L%s%s)',
                  concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                            case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
                  case when p.pubviaroot then ', publish_via_partition_root = true' end,
                  case newer.columns when 's' then ', publish_generated_columns = stored' end)
           from (select null::"char" as pubgencols) lacking
           cross join lateral (select pubgencols as columns from pg_publication where oid = p.oid) newer)
       -- end of definition
       end as definition
from pg_publication p
cross join lateral (select exists (select from pg_publication_rel r
                                   where r.prpubid = p.oid and r.prrelid = any ($2)
                                     and to_jsonb(r) ->> 'prqual' is not null) as is) held
where not exists (select from pg_depend d
                  where d.classid = 'pg_publication'::regclass and d.objid = p.oid and d.deptype = 'e')
  and $1::oid[] is not null
