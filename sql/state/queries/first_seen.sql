-- Purpose: when each drift of a target was first seen.
-- Locks: none that waits (WAL). Cost: one range of the primary key. Least version: SQLite 3.37.
select object, kind, change, at from first_seen where target = ?1
