-- Purpose: what a session of ours is doing now, seen from another one. $1 pid. Always one row.
-- Locks:   none. Cost: one row a session. Least server version: 14.
select
    s.pid is not null as alive,
    coalesce(s.wait_event_type = 'Lock', false) as waits,
    -- Progress of an index build; 0 of 0 in phases that are not measured.
    coalesce(p.phase, '') as phase,
    coalesce(case when p.blocks_total > 0 then p.blocks_done else p.tuples_done end, 0) as done,
    coalesce(case when p.blocks_total > 0 then p.blocks_total else p.tuples_total end, 0) as total
from (values ($1::int4)) as wanted (pid)
left join pg_catalog.pg_stat_activity s on s.pid = wanted.pid
left join pg_catalog.pg_stat_progress_create_index p on p.pid = wanted.pid
