-- Purpose: remembers one pair of spellings.
-- Locks: the store's writer lock, for a moment. Cost: one row. Least version: SQLite 3.37.
insert into spelling (hash) values (?1) on conflict do nothing
