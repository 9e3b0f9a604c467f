-- Purpose: the server's roles: nothing can be granted to others.
-- Locks:   none. Cost: one row a role. Least server version: 14.
select r.rolname::text as role from pg_catalog.pg_roles r
