-- Purpose: the same as rows.sql for a random {percent} % of the blocks, with the number of rows looked at.
-- Locks: ACCESS SHARE. Cost: reads the sampled blocks. Least server version: 14.
with sample as materialized (select {keys} from {child} r tablesample system ({percent}) {sorted})
select
    (select pg_catalog.count(*) from sample) as looked_at,
    pg_catalog.count(*) filter (where {any_null}) as nulls,
    pg_catalog.count(*) filter (where not ({any_null})) as dangling
from sample c
where not exists (select from {parent} p where {match})
