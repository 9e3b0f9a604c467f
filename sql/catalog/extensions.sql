-- Purpose: the installed extensions. plpgsql is part of every database and left out.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an extension. Least server version: 14.
select e.extname, n.nspname, e.extversion
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
