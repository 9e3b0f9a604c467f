-- Purpose: some remediations of the target $1 that were not refused, the latest first. $2 how many.
-- Locks: none that waits. Cost: the primary key from its end, as far as it takes.
-- Least version: SQLite 3.37, PostgreSQL 14.
select id, target, course, earlier, plan, who, reason, allowed, on_failure, created_at, ended_at, ending
from remediation
where target = $1 and (ended_at is null or ending <> 'refused')
order by number desc
limit $2
