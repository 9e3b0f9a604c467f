-- Purpose: the relations that store the rows of one relation: itself, its partitions, its inheritance children. $1 the
-- relation's oid.
-- Locks: ACCESS SHARE on each for a moment (pg_relation_size). Cost: one stat of a file each. Least server version: 14.
with recursive tree (oid) as (
    select $1::oid
    union
    select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid
)
select
    n.nspname::text as schema,
    c.relname::text as name,
    c.relkind in ('r', 'm') as has_blocks,
    case when c.relkind in ('r', 'm')
        then coalesce(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::int8
        else 0
    end as blocks
from tree
join pg_catalog.pg_class c on c.oid = tree.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm', 'v', 'f')
order by 1, 2
