-- Purpose: tells this store from every other one. A migration of the state store (PostgreSQL; its twin for SQLite has the
-- same name).
-- Locks: none that others wait for: the table is new. Cost: one row. Least server version: 14.

-- Made once and never changed: a database that was put in this one's place has another mark, or none.
create table mark (
    only_one  integer not null primary key check (only_one = 1),
    mark      text    not null,
    proven_at bigint  not null -- when a daemon last wrote here to see whether it can; Unix time in milliseconds
);
insert into mark (only_one, mark, proven_at) values (1, gen_random_uuid()::text, 0);
