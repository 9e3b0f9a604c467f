-- Purpose: rows of {rows} with a NULL in a key column.
-- Locks: ACCESS SHARE. Cost: reads {rows}, or the index. Least server version: 14.
select pg_catalog.count(*) as rows from (select {keys} from {rows}) c where {any_null}
