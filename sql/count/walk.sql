-- Purpose: among the next {groups} distinct keys after a bound: the greatest, and how many rows have a key that no
-- parent has.
-- Locks: ACCESS SHARE. Cost: one index-only pass over both sides, merged; the rows of a dangling key are read twice.
-- Least server version: 14.
select {bound}, dangling
from (
    select
        pg_catalog.max({key}) as greatest,
        coalesce(pg_catalog.sum(rows), 0)::int8 as dangling
    from (
        select c.*, case when {unmatched} then (select pg_catalog.count(*) from {child} r where {same}) end as rows
        from (
            select {keys} from {child} r where {after_child} group by {positions} order by {positions} limit {groups}
        ) c
        left join {parent} p on {match} and {after_parent}
    ) judged
) counted
