-- Purpose: one remediation.
-- Locks: none that waits. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
select id, target, course, earlier, plan, who, reason, allowed, on_failure, created_at, ended_at, ending
from remediation
where id = $1
