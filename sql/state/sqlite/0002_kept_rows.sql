-- Purpose: old values of rows that a fix has changed. A migration of the state store (SQLite, not PostgreSQL).
-- Locks: the store's single writer lock, for a moment, at the first start. Cost: none. Least version: SQLite 3.37 (STRICT).

-- One row may be there several times: what was kept for a batch that was then rolled back stays. The later one counts.
create table kept_row (
    id       integer primary key autoincrement,
    target   text    not null,
    plan     text    not null, -- the id of the plan that changed it
    relation text    not null, -- schema.name, quoted where needed
    row      text    not null, -- {"key": {column: value, …}, "old": {column: value, …}}, values as JSON has them or as text
    at       integer not null  -- Unix time in milliseconds
) strict;

create index kept_row_of_plan on kept_row (target, plan, id);
