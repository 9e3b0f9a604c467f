-- Purpose: the search_path for an operator's SQL: the one that was set for this role (ALTER ROLE … SET search_path),
-- otherwise none. The owner of a schema in the path can create a function there that matches a call better than
-- PostgreSQL's own; therefore the database's setting, which its owner makes, and the default, which contains public,
-- are not used.
-- Locks: none. Cost: none. Least server version: 14.
select pg_catalog.set_config('search_path', coalesce((
    select pg_catalog.substr(setting, pg_catalog.length('search_path=') + 1)
    from pg_catalog.pg_db_role_setting s
    cross join lateral pg_catalog.unnest(s.setconfig) setting
    where s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
      and s.setrole = (select oid from pg_catalog.pg_roles where rolname = current_user)
      and setting like 'search\_path=%'
    order by s.setdatabase <> 0 desc
    limit 1
), 'pg_catalog, pg_temp'), true)
