-- Purpose: whether a standby, or an active subscriber, is behind by more than $1 bytes or $2 seconds. Without the right
--          to see positions (pg_monitor) they are NULL, and none counts as behind.
-- Locks:   none. Cost: one row a replica. Least server version: 14.
select
    exists (
        select from pg_catalog.pg_stat_replication r
        where pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn) > $1
            or r.replay_lag > pg_catalog.make_interval(secs => $2)
    ) or exists (
        select from pg_catalog.pg_replication_slots s
        where s.slot_type = 'logical' and s.active
            and pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.confirmed_flush_lsn) > $1
    ) as behind
