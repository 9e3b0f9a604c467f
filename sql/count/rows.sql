-- Purpose: rows without a parent among {rows}, by whether a key column is NULL. A key with a NULL matches no parent,
-- so that one anti-join finds both.
-- Locks: ACCESS SHARE. Cost: reads {rows}; with {sorted} the parents are read in the order of their index, which is
-- several times cheaper than random lookups. Least server version: 14.
select
    pg_catalog.count(*) filter (where {any_null}) as nulls,
    pg_catalog.count(*) filter (where not ({any_null})) as dangling
from (select {keys} from {rows} {sorted}) c
where not exists (select from {parent} p where {match})
