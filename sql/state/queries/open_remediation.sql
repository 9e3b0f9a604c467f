-- Purpose: opens a remediation, unless one is under way on its target. Waits for a transaction that is opening another.
-- Locks: SQLite: the writer lock. PostgreSQL: the target's place in the index, until the transaction ends. Cost: one row.
-- Least version: SQLite 3.37, PostgreSQL 14.
insert into remediation (id, target, course, earlier, plan, who, reason, allowed, on_failure, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (target) where ended_at is null do nothing
