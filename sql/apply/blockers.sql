-- Purpose: the sessions that a session of ours waits for. $1 pid. What our role may not see of them is NULL.
-- Locks:   none (the lock manager's own, for a moment). Cost: one row a session. Least server version: 14.
select
    b.pid,
    a.usename::text as "user",
    a.application_name as application,
    a.backend_type as backend,
    a.state,
    a.xact_start as since,
    a.query
from (select distinct pid from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) as blocking (pid)) b
left join pg_catalog.pg_stat_activity a on a.pid = b.pid
order by a.xact_start nulls last, b.pid
