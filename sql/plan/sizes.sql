-- Purpose: how large tables are, by the statistics. $1 the tables as written; $2 false: without asking for bytes.
--          A partitioned table is as large as its partitions together. A table without a page has no bytes, though its
--          TOAST has an empty index. One row for each table that exists.
-- Locks:   ACCESS SHARE on tables, for a moment, not on one that another session holds or awaits under ACCESS
--          EXCLUSIVE: it has no bytes. Cost: under a millisecond a table. Least server version: 14.
with recursive locked as (
    select l.relation as oid
    from pg_catalog.pg_locks l
    where l.locktype = 'relation'
        and l.mode = 'AccessExclusiveLock'
        and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
        and l.pid <> pg_catalog.pg_backend_pid()
), parts as (
    select wanted.written, c.oid, c.relkind
    from pg_catalog.unnest($1::text[]) as wanted (written)
    join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(wanted.written)
    union all
    select parts.written, c.oid, c.relkind
    from parts
    join pg_catalog.pg_inherits i on i.inhparent = parts.oid
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where parts.relkind = 'p'
)
select
    p.written,
    case when pg_catalog.bool_and(c.reltuples >= 0) then pg_catalog.sum(c.reltuples)::int8 end as rows,
    case when $2 and pg_catalog.bool_and(p.oid not in (select oid from locked))
        then pg_catalog.sum(
            case when p.oid in (select oid from locked) then null
                when pg_catalog.pg_relation_size(p.oid) = 0 then 0
                else pg_catalog.pg_table_size(p.oid)
            end
        )::int8
    end as bytes
from parts p
join pg_catalog.pg_class c on c.oid = p.oid
-- A partitioned table has no rows of its own, but has statistics since 14.
where p.relkind <> 'p' or not exists (select from pg_catalog.pg_inherits i where i.inhparent = p.oid)
group by p.written
