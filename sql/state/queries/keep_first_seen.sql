-- Purpose: stores when one drift was first seen.
-- Locks: SQLite: the writer lock, for a moment. PostgreSQL: the rows. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
insert into first_seen (target, object, kind, change, at) values ($1, $2, $3, $4, $5)
