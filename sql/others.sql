-- Purpose: whether the current role could take over the server or its host (a superuser, or one that may run programs
--          or use files there), and then how much in this database belongs to roles that could not: routines, views,
--          and tables, whose constraints, columns, triggers and policies are code as well. Their code would run with
--          the current role's rights. Also lists the roles that could not, whatever they own.
-- Locks:   none. Cost: milliseconds, and only for such a role. Least server version: 14.
with mighty as (
    select r.oid
    from pg_catalog.pg_roles r
    where pg_catalog.pg_has_role(r.oid, 'pg_execute_server_program', 'member')
        or pg_catalog.pg_has_role(r.oid, 'pg_write_server_files', 'member')
        or pg_catalog.pg_has_role(r.oid, 'pg_read_server_files', 'member')
),
me as (
    -- SET ROLE gives up no rights: code can RESET it.
    select r.rolname, r.oid in (table mighty) as is_mighty from pg_catalog.pg_roles r where r.rolname = session_user
),
owned (owner, what) as (
    select p.proowner, 'routine'
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_'
    union all
    select c.relowner, case when c.relkind = 'v' then 'view' else 'table' end
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'm', 'v') and n.nspname !~ '^pg_'
),
others as (
    select r.rolname, owned.what
    from me
    cross join owned
    join pg_catalog.pg_roles r on r.oid = owned.owner
    where me.is_mighty and r.oid not in (table mighty)
)
select
    me.rolname::text as role,
    me.is_mighty,
    (select pg_catalog.count(*) from others where what = 'routine') as routines,
    (select pg_catalog.count(*) from others where what = 'view') as views,
    (select pg_catalog.count(*) from others where what = 'table') as tables,
    array(select distinct rolname::text from others order by 1 limit 3) as owners,
    array(
        select r.rolname::text from pg_catalog.pg_roles r where me.is_mighty and r.oid not in (table mighty) order by 1
    ) as lesser
from me
