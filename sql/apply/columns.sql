-- Purpose: the types of a table's columns, as written in a cast. $1 the table, as written.
-- Locks:   none. Cost: under a millisecond. Least server version: 14.
select a.attname::text as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type
from pg_catalog.pg_attribute a
where a.attrelid = pg_catalog.to_regclass($1) and a.attnum > 0 and not a.attisdropped
