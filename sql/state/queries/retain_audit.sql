-- Purpose: deletes for each name the records in the audit log after the newest $1, and those after the newest $2 that
-- are older than $3.
-- Locks: SQLite: the writer lock. PostgreSQL: the rows. Cost: the whole table, which this keeps small.
-- Least version: SQLite 3.37, PostgreSQL 14.
delete from audit
where id in (
    select id
    from (select id, at, row_number() over (partition by who order by id desc) as place from audit) as ranked
    where place > $1 or place > $2 and at < $3
)
