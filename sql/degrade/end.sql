-- Purpose: ends sessions. $1 their pids.
-- Locks:   none; open transactions of the sessions are rolled back. Cost: none. Least server version: 14.
select pg_catalog.pg_terminate_backend(pid) from pg_catalog.unnest($1) as sessions (pid)
