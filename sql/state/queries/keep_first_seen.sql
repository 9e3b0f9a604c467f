-- Purpose: keeps when one drift was first seen.
-- Locks: the store's writer lock, for a moment. Cost: one row. Least version: SQLite 3.37.
insert into first_seen (target, object, kind, change, at) values (?1, ?2, ?3, ?4, ?5)
