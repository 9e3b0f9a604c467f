-- Purpose: takes an idempotency key for a remediation, unless it is taken. Waits for a transaction that is taking the
-- same.
-- Locks: SQLite: the writer lock. PostgreSQL: the key, until the transaction ends. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
insert into idempotency (who, key, request, remediation) values ($1, $2, $3, $4) on conflict (who, key) do nothing
