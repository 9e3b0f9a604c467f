-- Purpose: deletes a target's drift, before the current drift is written in the same transaction.
-- Locks: SQLite: the writer lock, for a moment. PostgreSQL: the rows. Cost: one range of the primary key.
-- Least version: SQLite 3.37, PostgreSQL 14.
delete from first_seen where target = $1
