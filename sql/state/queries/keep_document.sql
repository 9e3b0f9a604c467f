-- Purpose: stores a document of a remediation, unless there is one of that name.
-- Locks: SQLite: the writer lock. PostgreSQL: the row. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
insert into document (remediation, name, content)
select id, $2, $3 from remediation where id = $1
on conflict (remediation, name) do nothing
