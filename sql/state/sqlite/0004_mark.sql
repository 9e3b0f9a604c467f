-- Purpose: tells this store from every other one. A migration of the state store (SQLite, not PostgreSQL).
-- Locks: the store's single writer lock, for a moment, at the first start. Cost: one row. Least version: SQLite 3.37 (STRICT).

-- Made once and never changed: a file that was put in this one's place has another mark, or none.
create table mark (
    only_one  integer not null primary key check (only_one = 1),
    mark      text    not null,
    proven_at integer not null -- when a daemon last wrote here to see whether it can; Unix time in milliseconds
) strict;
insert into mark (only_one, mark, proven_at) values (1, lower(hex(randomblob(16))), 0);
