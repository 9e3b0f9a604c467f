-- Purpose: what can stand in the way of dropping a table that is to be put back from a backup: each foreign key with
--          both of its tables, each view with every relation that it reads.
-- Locks:   none. Cost: milliseconds. Least server version: 14.
select
    'key' as what,
    n.nspname::text as schema,
    c.relname::text as name,
    k.conname::text as constraint_name,
    fn.nspname::text as to_schema,
    f.relname::text as to_name
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class f on f.oid = k.confrelid
join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
-- Those of partitions go with their parent's.
where k.contype = 'f' and k.conparentid = 0
union
select 'view', n.nspname::text, c.relname::text, null, fn.nspname::text, f.relname::text
from pg_catalog.pg_depend d
join pg_catalog.pg_rewrite r on r.oid = d.objid
join pg_catalog.pg_class c on c.oid = r.ev_class and c.relkind = 'v'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class f on f.oid = d.refobjid and f.oid <> c.oid
join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and n.nspname not in ('pg_catalog', 'information_schema')
order by 1, 2, 3, 4
