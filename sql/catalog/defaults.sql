-- Purpose: default and generation expressions of columns in the schemas $1 oid[], but for the busy relations $2 oid[].
-- Locks:   ACCESS SHARE on relations with generated columns. Cost: one expression a default. Least server version: 14.
-- Only a generation expression names columns; the others are printed without a look at their relation.
select d.adrelid, d.adnum, pg_get_expr(d.adbin, coalesce(g.attrelid, 0))
from pg_attrdef d
join pg_class c on c.oid = d.adrelid
left join pg_attribute g on g.attrelid = d.adrelid and g.attnum = d.adnum and g.attgenerated <> ''
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  and d.adrelid <> all ($2)
