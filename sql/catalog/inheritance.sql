-- Purpose: which tables inherit from which (partitions among them), for the schemas $1 oid[].
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an inheriting table. Least server version: 14.
select i.inhrelid as child, pn.nspname as parent_schema, p.relname as parent, c.relispartition as is_partition,
       i.inhdetachpending as detach_pending
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
join pg_class p on p.oid = i.inhparent
join pg_namespace pn on pn.oid = p.relnamespace
where c.relnamespace = any ($1)
  and c.relkind in ('r', 'p')
order by i.inhrelid, i.inhseqno
