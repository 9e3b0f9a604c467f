-- Purpose: default and generation expressions of columns in the schemas $1 oid[], but for the busy relations $2 oid[].
-- Locks:   ACCESS SHARE on each relation. Cost: one expression a default. Least server version: 14.
select d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid)
from pg_attrdef d
join pg_class c on c.oid = d.adrelid
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  and d.adrelid <> all ($2)
