-- Purpose: domains of the schemas $1 oid[].
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a domain. Least server version: 14.
select t.oid, t.typnamespace as namespace, t.typname as name, format_type(t.typbasetype, t.typtypmod) as base_type,
       t.typnotnull as not_null, pg_get_expr(t.typdefaultbin, 0) as default,
       nullif(t.typcollation, b.typcollation) as collation
from pg_type t
join pg_type b on b.oid = t.typbasetype
where t.typnamespace = any ($1)
  and t.typtype = 'd'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
