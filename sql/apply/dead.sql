-- Purpose: invalid indexes that an interrupted statement of ours may have left behind. $1 a table, or an index of it,
--          as written; $2 the name of the index that was built, or NULL for what REINDEX leaves. A build in progress
--          looks the same: the session that drops one must hold a lock that a build conflicts with.
-- Locks:   none. Cost: under a millisecond. Least server version: 14.
select
    i.indexrelid as oid,
    n.nspname::text as schema,
    c.relname::text as name,
    tn.nspname::text as table_schema,
    t.relname::text as table_name,
    -- A materialized view cannot be locked by name.
    t.relkind in ('r', 'p') as can_lock
from (select pg_catalog.to_regclass($1)::oid as oid) as wanted
join pg_catalog.pg_index i
    on i.indrelid = wanted.oid
    or i.indrelid = (select x.indrelid from pg_catalog.pg_index x where x.indexrelid = wanted.oid)
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where not i.indisvalid
    -- A partitioned index is invalid until all its parts are attached: such an index was not interrupted.
    and c.relkind = 'i'
    and case when $2 is null then c.relname ~ '_cc(new|old)[0-9]*$' else c.relname = $2 end
order by n.nspname, c.relname
