-- Purpose: the installed extensions. plpgsql is part of every database and left out.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an extension. Least server version: 14.
select e.extname as name, n.nspname as schema, e.extversion as version
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
