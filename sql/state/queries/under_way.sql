-- Purpose: the remediation that is under way on a target.
-- Locks: none that waits. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
select id from remediation where target = $1 and ended_at is null
