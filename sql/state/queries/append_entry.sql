-- Purpose: appends an entry to a journal.
-- Locks: SQLite: the writer lock. PostgreSQL: the row. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
insert into journal (remediation, seq, at, entry) values ($1, $2, $3, $4)
