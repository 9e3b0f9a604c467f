-- Purpose: how large a table is now, for walking through it in ranges of its pages. $1 the table, as written. No row:
--          the table does not exist.
-- Locks:   ACCESS SHARE on the table, for a moment. Cost: under a millisecond. Least server version: 14.
select
    pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8 as pages,
    case when c.reltuples > 0 and c.relpages > 0 then c.reltuples::float8 / c.relpages end as rows_per_page
from pg_catalog.pg_class c
where c.oid = pg_catalog.to_regclass($1)
