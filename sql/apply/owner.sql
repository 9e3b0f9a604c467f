-- Purpose: the owner of the table $1, unless row security applies to the owner, too: then rows would be skipped.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row. Least server version: 14.
select case when not c.relforcerowsecurity then pg_catalog.pg_get_userbyid(c.relowner)::text end
from pg_catalog.pg_class c
where c.oid = pg_catalog.to_regclass($1)
