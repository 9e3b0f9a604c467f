-- Purpose: the types of a table's columns, as written in a cast, and whether two values can be compared; and whether
--          the table is a partitioned one. $1 the table, as written.
-- Locks:   none. Cost: under a millisecond. Least server version: 14.
select a.attname::text as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
    a.atttypid not in ('json'::pg_catalog.regtype, 'xml'::pg_catalog.regtype) and t.typcategory <> 'G' as has_equality,
    c.relkind = 'p' as is_partitioned
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attrelid = pg_catalog.to_regclass($1) and a.attnum > 0 and not a.attisdropped
