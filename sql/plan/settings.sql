-- Purpose: the server's deadlock_timeout in milliseconds: the lock timeouts of a fix must be below it.
-- Locks:   none. Cost: none. Least server version: 14.
select s.setting::int8 as deadlock_timeout
from pg_catalog.pg_settings s
where s.name = 'deadlock_timeout'
