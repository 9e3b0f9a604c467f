-- Purpose: whether a role's new sessions in this database are read-only, and by which setting. $1 the role. No row: the
--          role does not exist. `own` is the setting of the role in this database, which is the one that we change;
--          `effective` applies: without `own`, the role's for all databases, otherwise the database's for all roles.
-- Locks:   none. Cost: under a millisecond. Least server version: 14.
with setting as (
    select
        s.setrole <> 0 as of_role,
        s.setdatabase <> 0 as of_database,
        pg_catalog.substr(c.config, pg_catalog.length('default_transaction_read_only=') + 1)::boolean as is_on
    from pg_catalog.pg_db_role_setting s
    cross join pg_catalog.unnest(s.setconfig) as c (config)
    where s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
        and s.setrole in (0, (select r.oid from pg_catalog.pg_roles r where r.rolname = $1))
        and pg_catalog.starts_with(c.config, 'default_transaction_read_only=')
)
select
    (select is_on from setting where of_role and of_database) as own,
    (select is_on from setting order by of_role desc, of_database desc limit 1) as effective
from pg_catalog.pg_roles
where rolname = $1
