-- Purpose: the entries of a journal after the number $2, with the messages that may contain values of rows, if they are
-- still kept.
-- Locks: none that waits. Cost: a range of each primary key. Least version: SQLite 3.37, PostgreSQL 14.
select journal.seq, journal.at, coalesce(words.entry, journal.entry) as entry
from journal left join words on words.remediation = journal.remediation and words.seq = journal.seq
where journal.remediation = $1 and journal.seq > $2
order by journal.seq
