-- Purpose: the search_path that this role has in this database, as an operator's SQL expects it. Our sessions start
-- with another, which hides it; a search_path set in postgresql.conf is not seen here.
-- Locks: none. Cost: none to speak of. Least server version: 14.
select pg_catalog.set_config('search_path', coalesce((
    select pg_catalog.substr(setting, pg_catalog.length('search_path=') + 1)
    from pg_catalog.pg_db_role_setting s
    cross join lateral pg_catalog.unnest(s.setconfig) setting
    where s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
      and s.setrole in (0, (select oid from pg_catalog.pg_roles where rolname = current_user))
      and setting like 'search\_path=%'
    order by s.setrole <> 0 desc, s.setdatabase <> 0 desc
    limit 1
), '"$user", public'), true)
