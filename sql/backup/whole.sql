-- Purpose: how large the database is on disk, in bytes. Needs CONNECT on it, which the connected role has.
-- Locks: none. Cost: one stat of each of its files. Least server version: 14.
select pg_catalog.pg_database_size(pg_catalog.current_database())
