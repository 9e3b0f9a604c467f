-- Purpose: enum types of the schemas $1 oid[] with their labels in order.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an enum. Least server version: 14.
select t.typnamespace as namespace, t.typname as name,
       array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels
from pg_type t
where t.typnamespace = any ($1)
  and t.typtype = 'e'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
