-- Purpose: stores the old values of one row.
-- Locks: SQLite: the writer lock, for a moment. PostgreSQL: the rows. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
insert into kept_row (target, plan, relation, row, at) values ($1, $2, $3, $4, $5)
