-- Purpose: functions, operators and types that have the name of one of the server's own, and belong neither to an
--          extension nor to a superuser nor to the fixing role $1: with their schema in the search path, a name may
--          resolve to them.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_proc, pg_operator and pg_type. Least server
--          version: 14.
with named as (
    select 'pg_catalog.pg_proc'::pg_catalog.regclass as class, p.oid, p.pronamespace as namespace, p.proname as name,
        p.proowner as owner from pg_catalog.pg_proc p
    union all
    select 'pg_catalog.pg_operator'::pg_catalog.regclass, o.oid, o.oprnamespace, o.oprname, o.oprowner
    from pg_catalog.pg_operator o
    union all
    select 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace, t.typname, t.typowner
    from pg_catalog.pg_type t
)
select n.nspname::text as schema, s.name::text as name, r.rolname::text as owner
from named s
join pg_catalog.pg_namespace n on n.oid = s.namespace
join pg_catalog.pg_roles r on r.oid = s.owner
where s.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and not r.rolsuper and r.rolname <> $1
    and exists (
        select from named own
        where own.class = s.class and own.name = s.name and own.namespace = 'pg_catalog'::pg_catalog.regnamespace)
    and not exists (
        select from pg_catalog.pg_depend e where e.classid = s.class and e.objid = s.oid and e.deptype = 'e')
order by 1, 2, 3
