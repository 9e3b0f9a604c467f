-- Purpose: keeps the old values of one row.
-- Locks: the store's writer lock, for a moment. Cost: one row. Least version: SQLite 3.37.
insert into kept_row (target, plan, relation, row, at) values (?1, ?2, ?3, ?4, ?5)
