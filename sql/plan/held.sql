-- Purpose: the locks that this session holds on relations, with their modes as in pg_locks, and whether the relation
--          existed before the transaction: its dependency on its schema is written when it is created, and changes only
--          when it moves to another schema.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a lock. Least server version: 14.
select c.nspname as schema, c.relname as name, l.mode, c.was_there
from pg_catalog.pg_locks l
-- Row by row: a plan with a join would read all of pg_class for a few locks.
cross join lateral (
  select n.nspname, c.relname,
         not exists (select from pg_catalog.pg_depend d
                     where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.objsubid = 0
                       and d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                       and d.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid) as was_there
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = l.relation and c.relkind in ('r', 'p', 'v', 'm')
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  offset 0
) c
where l.locktype = 'relation'
  and l.pid = pg_catalog.pg_backend_pid()
  and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  and l.granted
