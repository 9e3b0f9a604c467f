-- Purpose: tables, partitioned tables, views and materialized views of the schemas $1 oid[].
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a relation. Least server version: 14.
select c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence = 'u',
       case when not c.relrowsecurity then 'off' when c.relforcerowsecurity then 'forced' else 'on' end,
       c.reloptions
from pg_class c
where c.relnamespace = any ($1)
  and c.relkind in ('r', 'p', 'v', 'm')
  and c.relpersistence <> 't'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
