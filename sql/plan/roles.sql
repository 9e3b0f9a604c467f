-- Purpose: the server's roles: privileges can only be granted to these.
-- Locks:   none. Cost: one row a role. Least server version: 14.
select r.rolname::text as role from pg_catalog.pg_roles r
