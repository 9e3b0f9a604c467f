-- Purpose: some remediations, of one target where $1 names it, the latest first. $2 how many.
-- Locks: none that waits. Cost: the primary key from its end, as far as it takes.
-- Least version: SQLite 3.37, PostgreSQL 14.
select id, target, course, earlier, plan, who, reason, allowed, on_failure, created_at, ended_at, ending
from remediation
where $1 is null or target = $1
order by number desc
limit $2
