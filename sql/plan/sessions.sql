-- Purpose: the roles whose sessions a step may have to imitate: owners of tables, views, sequences, schemas, routines
--          and types, and the fixing role $1; whether they are superusers, whether $1 may SET ROLE to them, and what
--          ALTER ROLE and ALTER DATABASE set for their sessions in this database. One row a setting, or one without a
--          setting.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_class, pg_namespace, pg_proc, pg_type and
--          pg_db_role_setting. Least server version: 14.
with owners as (
    select c.relowner as oid from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.oid >= 16384
    union
    select n.nspowner from pg_catalog.pg_namespace n where n.oid >= 16384
    union
    select p.proowner from pg_catalog.pg_proc p where p.oid >= 16384
    union
    select t.typowner from pg_catalog.pg_type t where t.typtype in ('c', 'd', 'e', 'r') and t.oid >= 16384
    union
    select r.oid from pg_catalog.pg_roles r where r.rolname = $1
), entries as (
    -- In the server's order: the role in this database, the role, the database, all of them.
    select distinct on (o.oid, pg_catalog.lower(pg_catalog.split_part(e.entry, '=', 1))) o.oid,
        pg_catalog.lower(pg_catalog.split_part(e.entry, '=', 1)) as setting,
        pg_catalog.substr(e.entry, pg_catalog.strpos(e.entry, '=') + 1) as value
    from owners o
    join pg_catalog.pg_db_role_setting s on s.setrole in (o.oid, 0) and s.setdatabase in (0, (
        select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
    cross join lateral pg_catalog.unnest(s.setconfig) e (entry)
    order by 1, 2, s.setrole <> 0 desc, s.setdatabase <> 0 desc
)
select r.rolname::text as role, r.rolsuper as superuser,
    -- Since 16 a membership may allow only inheriting.
    pg_catalog.pg_has_role($1::name, r.oid,
        case when pg_catalog.current_setting('server_version_num')::int4 >= 160000 then 'SET' else 'MEMBER' end) as becomes,
    e.setting, e.value
from owners o
join pg_catalog.pg_roles r on r.oid = o.oid
left join entries e on e.oid = o.oid
