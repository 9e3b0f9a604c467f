-- Purpose: old values of rows that a fix has changed. A migration of the state store (PostgreSQL; its twin for SQLite has
-- the same name).
-- Locks: none that others wait for: the table is new. Cost: none. Least server version: 14.

-- One row may be there several times: what was kept for a batch that was then rolled back stays. The later one counts.
create table kept_row (
    id       bigint generated always as identity primary key,
    target   text   not null,
    plan     text   not null, -- the id of the plan that changed it
    relation text   not null, -- schema.name, quoted where needed
    row      text   not null, -- {"key": {column: value, …}, "old": {column: value, …}}, values as JSON has them or as text
    at       bigint not null  -- Unix time in milliseconds
);

create index kept_row_of_plan on kept_row (target, plan, id);
