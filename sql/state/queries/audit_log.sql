-- Purpose: some records of the audit log, the latest first. $1 only those before this id, $2 how many.
-- Locks: none that waits. Cost: a range of the primary key. Least version: SQLite 3.37, PostgreSQL 14.
select id, at, who, what, address, detail, status from audit where id < $1 order by id desc limit $2
