-- Purpose: who we are on a server for scratch databases, its clock, and its release.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row. Least server version: 14.
select r.rolsuper, r.rolcreaterole, extract(epoch from clock_timestamp())::int8,
       current_setting('server_version_num')::int4
from pg_roles r
where r.rolname = current_user
