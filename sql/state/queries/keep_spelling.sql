-- Purpose: stores one pair of spellings.
-- Locks: SQLite: the writer lock, for a moment. PostgreSQL: the rows. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
insert into spelling (hash) values ($1) on conflict do nothing
