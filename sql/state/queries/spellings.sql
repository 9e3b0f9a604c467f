-- Purpose: every remembered pair of spellings.
-- Locks: none that waits. Cost: the whole table: a row for each definition ever reloaded.
-- Least version: SQLite 3.37, PostgreSQL 14.
select hash from spelling
