-- Purpose: names and columns of the relations $1 oid[], which foreign keys and sequences name outside the watched
--          schemas.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a column. Least server version: 14.
select c.oid, n.nspname as schema, c.relname as name, a.attnum as number, a.attname as column
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
where c.oid = any ($1)
