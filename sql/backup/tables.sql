-- Purpose: the relations that a backup of some tables must contain so that it can be restored, and their bytes without
--          indexes. $1 the tables as written; those that do not exist are left out. Restoring a table means dropping it
--          first, and that is refused while other relations depend on it: foreign keys of other tables, views,
--          partitions and inheritance children. So these belong to the backup too, and their dependent relations.
-- Locks:   ACCESS SHARE on each relation, for a moment (pg_table_size). Cost: milliseconds. Least server version: 14.
with recursive parts as (
    select c.oid
    from pg_catalog.unnest($1::text[]) as wanted (written)
    join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(wanted.written)
    union
    select dependents.oid
    from parts
    cross join lateral (
        select k.conrelid as oid from pg_catalog.pg_constraint k where k.confrelid = parts.oid and k.contype = 'f'
        union all
        select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = parts.oid
        union all
        select r.ev_class
        from pg_catalog.pg_depend d
        join pg_catalog.pg_rewrite r on r.oid = d.objid
        where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and d.refobjid = parts.oid
    ) as dependents
)
select
    n.nspname::text as schema,
    c.relname::text as name,
    case when c.relkind in ('r', 'm') then coalesce(pg_catalog.pg_table_size(c.oid), 0) else 0 end as bytes
from parts
join pg_catalog.pg_class c on c.oid = parts.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
order by 1, 2
