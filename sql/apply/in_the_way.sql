-- Purpose: whether a transaction that is older than $4 seconds holds a lock that conflicts with one that a session of
--          ours requests. $1 tables as written, each with a mode ($2, as in pg_locks) that conflicts; $3 our pid. A
--          transaction whose age our role may not see counts as old.
-- Locks:   ACCESS SHARE on the catalogs; the lock manager's own, for a moment. Cost: one row a lock. Least server
--          version: 14.
select exists (
    select
    -- unnest accepts several arrays only if it is written without its schema.
    from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as wanted (written, mode)
    join pg_catalog.pg_locks l on l.relation = pg_catalog.to_regclass(wanted.written) and l.mode = wanted.mode
    left join pg_catalog.pg_stat_activity a on a.pid = l.pid
    where l.granted
        and l.locktype = 'relation'
        and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
        and l.pid is distinct from $3
        and coalesce(a.xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $4), true)
) as in_the_way
