-- Purpose: what an idempotency key was taken for.
-- Locks: none that waits. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
select request, remediation from idempotency where who = $1 and key = $2
