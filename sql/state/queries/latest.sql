-- Purpose: for each target the remediation under way, and the last one that has ended and was not refused; the earliest
-- first.
-- Locks: none that waits. Cost: every remediation, by the primary key. Least version: SQLite 3.37, PostgreSQL 14.
select id, target, course, earlier, plan, who, reason, allowed, on_failure, created_at, ended_at, ending
from remediation
where ended_at is null or number in (
    select max(number) from remediation where ended_at is not null and ending <> 'refused' group by target
)
order by number
