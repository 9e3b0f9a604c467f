-- Purpose: some of the rows that a plan has changed, the latest first. $3 only those before this id, $4 how many.
-- Locks: none that waits. Cost: a range of the index. Least version: SQLite 3.37, PostgreSQL 14.
select id, relation, row from kept_row where target = $1 and plan = $2 and id < $3 order by id desc limit $4
