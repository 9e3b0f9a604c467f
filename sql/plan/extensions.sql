-- Purpose: what can be done to each installed extension: whether it can move to another schema, the versions that it
--          can be updated to (NULL: this host no longer has its files), and the first few objects outside of it that
--          depend on its members.
-- Locks:   none. Cost: reads the control files and the names of scripts of these extensions, some milliseconds, and the
--          rows of pg_depend for their members. Least server version: 14.
with recursive own as (
    select d.refobjid as extension, d.classid, d.objid
    from pg_catalog.pg_depend d
    where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e' and d.refobjid >= 16384
    union
    -- What is dropped with its members: their indexes, rules, array types, operators of their classes.
    select own.extension, d.classid, d.objid
    from own
    join pg_catalog.pg_depend d on d.refclassid = own.classid and d.refobjid = own.objid and d.deptype in ('a', 'i')
)
select
    e.extname::text as name,
    e.extrelocatable as relocatable,
    case when a.name is not null then array(
        select p.target
        from pg_catalog.pg_extension_update_paths(a.name) p
        where p.source = e.extversion and p.path is not null
    ) end as updates,
    array(
        select distinct pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
        from own
        join pg_catalog.pg_depend d on d.refclassid = own.classid and d.refobjid = own.objid and d.deptype = 'n'
        where own.extension = e.oid
            and (d.classid, d.objid) not in (select o.classid, o.objid from own o where o.extension = e.oid)
        order by 1
        limit 6
    ) as dependents
from pg_catalog.pg_extension e
left join pg_catalog.pg_available_extensions a on a.name = e.extname
where e.oid >= 16384
