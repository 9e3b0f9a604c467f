-- Purpose: default and generation expressions of columns in the schemas $1 oid[], but for the busy relations $2 oid[].
-- Locks:   ACCESS SHARE on relations with generated columns. Cost: one expression a default. Least server version: 14.
-- Only a generation expression contains columns (VAR); the others are printed without locking their relation, at a
-- third of the cost.
select d.adrelid as relation, d.adnum as number,
       pg_get_expr(d.adbin, case when d.adbin::text like '%{VAR %' then d.adrelid else 0 end) as expression
from pg_attrdef d
join pg_class c on c.oid = d.adrelid
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  and d.adrelid <> all ($2)
