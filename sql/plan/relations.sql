-- Purpose: relations that a plan may lock, by schema and name.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a relation. Least server version: 14.
select n.nspname, c.relname
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm')
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
