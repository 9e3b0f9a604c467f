-- Purpose: foreign tables that are partitions, with each partitioned table above them: they have no part of its
--          indexes.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: under a millisecond. Least server version: 14.
with recursive above as (
    select c.oid, i.inhparent as parent
    from pg_catalog.pg_class c
    join pg_catalog.pg_inherits i on i.inhrelid = c.oid
    where c.relkind = 'f' and c.relispartition
    union all
    select above.oid, i.inhparent
    from above
    join pg_catalog.pg_inherits i on i.inhrelid = above.parent
)
select pn.nspname::text as parent_schema, p.relname::text as parent, n.nspname::text as schema, c.relname::text as name
from above
join pg_catalog.pg_class p on p.oid = above.parent
join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
join pg_catalog.pg_class c on c.oid = above.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
