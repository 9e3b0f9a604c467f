-- Purpose: our role on a server for scratch databases, its clock, its release, and whether a database is made faster by copying files
--          than by way of the log: only where a checkpoint costs nothing, which that begins and ends with.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row. Least server version: 14.
select r.rolsuper as is_superuser, r.rolcreaterole as creates_roles, extract(epoch from clock_timestamp())::int8 as now,
       current_setting('server_version_num')::int4 as version,
       current_setting('server_version_num')::int4 >= 150000 and current_setting('fsync') = 'off' as copies_files
from pg_roles r
where r.rolname = current_user
