-- Purpose: extended statistics of the schemas $1 oid[], each with the statement that creates it; null on a busy
--          relation $2 oid[].
-- Locks:   ACCESS SHARE on tables that have statistics on expressions. Cost: one definition each.
-- Least server version: 14.
select x.stxrelid as relation, t.nspname as table_schema, c.relname as table_name, s.nspname as schema, x.stxname as name,
       x.stxrelid = any ($2) as busy, 'O'::"char" as enabled, nullif(x.stxstattarget, -1)::int4 as target,
       array[]::text[] as roles,
       case when x.stxrelid <> all ($2) then
       -- definition
       pg_get_statisticsobjdef(x.oid)
       -- end of definition
       end as definition
from pg_statistic_ext x
join pg_namespace s on s.oid = x.stxnamespace
join pg_class c on c.oid = x.stxrelid
join pg_namespace t on t.oid = c.relnamespace
where x.stxnamespace = any ($1)
  and not exists (select from pg_depend d
                  where d.classid = 'pg_statistic_ext'::regclass and d.objid = x.oid and d.deptype = 'e')
