-- Purpose: keeps an entry of a journal with the words that may hold rows' values.
-- Locks: SQLite: the writer lock. PostgreSQL: the row. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
insert into words (remediation, seq, at, entry) values ($1, $2, $3, $4)
