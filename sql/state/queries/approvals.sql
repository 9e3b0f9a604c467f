-- Purpose: who approves of a plan for a target at the time $3, the earliest first.
-- Locks: none that waits. Cost: a range of the primary key. Least version: SQLite 3.37, PostgreSQL 14.
select who, at, until from approval where target = $1 and plan = $2 and until > $3 order by at, who
