-- Purpose: the role's sessions in this database without this program's own, which have their own settings. $1 the role,
--          $2 an instant. `old`: begun before it; NULL if our role may not see the start.
-- Locks:   none (the lock manager's own, for a moment). Cost: one row a session. Least server version: 14.
select
    a.pid,
    a.backend_start < $2 as old,
    -- It has changed rows: reading needs no transaction id.
    a.backend_xid is not null as writes
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database()
    and a.usename = $1
    -- Unknown if `old` is.
    and coalesce(a.backend_type, 'client backend') = 'client backend'
    and a.pid <> pg_catalog.pg_backend_pid()
    and a.application_name not in ('schemawarden', 'schemawarden fix')
order by a.pid
