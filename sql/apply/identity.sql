-- Purpose: which database of which cluster this is: the same by every address, and on a standby as on its primary.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row. Least server version: 14.
select c.system_identifier as system, d.oid as database
from pg_control_system() c, pg_database d
where d.datname = current_database()
