-- Purpose: when each drift of a target was first seen.
-- Locks: none that waits. Cost: one range of the primary key. Least version: SQLite 3.37, PostgreSQL 14.
select object, kind, change, at from first_seen where target = $1
