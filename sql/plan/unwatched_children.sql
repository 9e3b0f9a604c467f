-- Purpose: partitions and other inheritance children outside of the schemas $1 text[], with each of their ancestors in
--          one of these: the server does to them what is done to that table, or leaves them out, and no catalog of a
--          plan contains them. Foreign tables are read elsewhere.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_inherits. Least server version: 14.
with recursive above as (
    select i.inhrelid as child, i.inhparent as parent
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname <> all ($1)
    union
    select above.child, i.inhparent
    from above
    join pg_catalog.pg_inherits i on i.inhrelid = above.parent
)
select pn.nspname::text as parent_schema, p.relname::text as parent, n.nspname::text as schema, c.relname::text as name
from above
join pg_catalog.pg_class p on p.oid = above.parent
join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace and pn.nspname = any ($1)
join pg_catalog.pg_class c on c.oid = above.child
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
