-- Purpose: stores an entry of a journal with the messages that may contain values of rows.
-- Locks: SQLite: the writer lock. PostgreSQL: the row. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
insert into words (remediation, seq, at, entry) values ($1, $2, $3, $4)
