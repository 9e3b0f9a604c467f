-- Purpose: ends sessions. $1 their pids.
-- Locks:   none; what the sessions had under way is rolled back. Cost: none. Least server version: 14.
select pg_catalog.pg_terminate_backend(pid) from pg_catalog.unnest($1) as sessions (pid)
