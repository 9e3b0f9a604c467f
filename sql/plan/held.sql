-- Purpose: the locks that this session holds on relations, with their modes as pg_locks has them.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a lock. Least server version: 14.
select n.nspname, c.relname, l.mode
from pg_catalog.pg_locks l
join pg_catalog.pg_class c on c.oid = l.relation
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.locktype = 'relation'
  and l.pid = pg_catalog.pg_backend_pid()
  and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  and l.granted
