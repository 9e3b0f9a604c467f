-- Purpose: relations of this database whose definitions cannot be printed now without waiting, because another session
--          holds or awaits ACCESS EXCLUSIVE on them (or on one of their indexes).
-- Locks:   none. Cost: one row a lock. Least server version: 14.
with locked as (
  select l.relation as oid
  from pg_locks l
  where l.locktype = 'relation'
    and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and l.pid <> pg_backend_pid()
)
select oid from locked
union
select i.indrelid from locked join pg_index i on i.indexrelid = locked.oid
