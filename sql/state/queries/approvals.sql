-- Purpose: approvals of a plan for a target at the time $3, the earliest first. Without those with a later time: the
-- clock was set back, and how long ago they were given is not known. Clocks may differ by five minutes.
-- Locks: none that waits. Cost: a range of the primary key. Least version: SQLite 3.37, PostgreSQL 14.
select who, at, until from approval where target = $1 and plan = $2 and until > $3 and at <= $3 + 300000 order by at, who
