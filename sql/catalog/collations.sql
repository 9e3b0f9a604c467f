-- Purpose: the names of the collations $1 oid[].
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a collation. Least server version: 14.
select l.oid, n.nspname as schema, l.collname as name
from pg_collation l
join pg_namespace n on n.oid = l.collnamespace
where l.oid = any ($1)
