-- Purpose: stores that a person approves of a plan, or renews the approval.
-- Locks: SQLite: the writer lock. PostgreSQL: the row. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
insert into approval (target, plan, who, at, until) values ($1, $2, $3, $4, $5)
on conflict (target, plan, who) do update set at = excluded.at, until = excluded.until
