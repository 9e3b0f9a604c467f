-- Purpose: proves that the store could be written at $1. Locks: SQLite: the writer lock. PostgreSQL: the row, for a
-- moment.
-- Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
update mark set proven_at = $1
