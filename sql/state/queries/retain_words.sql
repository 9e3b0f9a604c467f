-- Purpose: deletes the messages that may contain values of rows and are older than $1.
-- Locks: SQLite: the writer lock. PostgreSQL: the rows. Cost: the whole table, which this keeps small.
-- Least version: SQLite 3.37, PostgreSQL 14.
delete from words where at < $1
