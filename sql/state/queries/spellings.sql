-- Purpose: every remembered pair of spellings.
-- Locks: none that waits (WAL). Cost: the whole table: a row for each definition ever reloaded. Least version: SQLite 3.37.
select hash from spelling
