-- Purpose: the mark that distinguishes this store from every other one. Locks: none that waits. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
select mark from mark
