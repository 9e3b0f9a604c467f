-- Purpose: the entries of a journal that come after the number $2.
-- Locks: none that waits. Cost: a range of the primary key. Least version: SQLite 3.37, PostgreSQL 14.
select seq, at, entry from journal where remediation = $1 and seq > $2 order by seq
