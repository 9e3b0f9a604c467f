-- Purpose: partition keys and bounds of tables in the schemas $1 oid[], but for the busy relations $2 oid[].
-- Locks:   ACCESS SHARE on each partitioned table and partition. Least server version: 14.
select c.oid as relation,
       case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as key,
       case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as bound,
       c.relkind = 'p' as has_key, c.relispartition as has_bound
from pg_class c
where c.relnamespace = any ($1)
  and (c.relkind = 'p' or c.relispartition and c.relkind in ('r', 'p'))
  and c.oid <> all ($2)
