-- Purpose: the session that holds an advisory lock of ours in this database. $1 the class of our advisory locks, $2
--          which of them.
-- Locks:   none. Cost: one row a lock. Least server version: 14.
select
    l.pid,
    a.usename::text as "user",
    a.application_name as application,
    a.backend_type as backend,
    -- It is idle: another session does the work.
    null::text as state,
    -- When it began: the lock is taken first.
    a.backend_start as since,
    null::text as query
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 2
    and l.classid::int8 = $1::int8 and l.objid::int8 = $2::int8
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
