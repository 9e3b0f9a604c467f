-- Purpose: appends a record to the audit log.
-- Locks: SQLite: the writer lock. PostgreSQL: the row. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
insert into audit (at, who, what, address, detail, status) values ($1, $2, $3, $4, $5, $6)
