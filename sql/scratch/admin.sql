-- Purpose: our role on a server for scratch databases, its clock, and its release.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row. Least server version: 14.
select r.rolsuper as is_superuser, r.rolcreaterole as creates_roles, extract(epoch from clock_timestamp())::int8 as now,
       current_setting('server_version_num')::int4 as version
from pg_roles r
where r.rolname = current_user
