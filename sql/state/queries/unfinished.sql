-- Purpose: every remediation that has not ended, the oldest first.
-- Locks: none that waits. Cost: a row for each target at most, by the partial index.
-- Least version: SQLite 3.37, PostgreSQL 14.
select id, target, course, earlier, plan, who, reason, allowed, on_failure, created_at, ended_at, ending
from remediation
where ended_at is null
order by number
