-- Purpose: takes the database for us, to the end of this session. $1 the class of our advisory locks, $2 which of them.
-- Locks:   one advisory lock, or none; never waits. Cost: none. Least server version: 14.
select pg_catalog.pg_try_advisory_lock($1, $2) as ours
