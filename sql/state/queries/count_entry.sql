-- Purpose: takes the next number in a remediation's journal, and ends the remediation if $2 and $3 are given.
-- Concurrent appends wait for it: numbers have no gaps. Returns nothing for a remediation that has ended.
-- Locks: SQLite: the writer lock. PostgreSQL: the row, until the transaction ends. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
update remediation
set entries = entries + 1, ended_at = $2, ending = $3
where id = $1 and ended_at is null
returning entries
