-- Purpose: whether any session waits for a lock that a session of ours holds. $1 pid.
-- Locks:   none (the lock manager's own, for a moment). Cost: one row a lock. Least server version: 14.
select exists (
    select from pg_catalog.pg_locks l
    where not l.granted and l.pid <> $1 and $1 = any (pg_catalog.pg_blocking_pids(l.pid))
) as waiters
