-- Purpose: what the daemon remembers over restarts. A migration of the state store (PostgreSQL; its twin for SQLite has
-- the same name).
-- Locks: none that others wait for: the tables are new. Cost: none. Least server version: 14.

-- When each drift was first seen.
create table first_seen (
    target text   not null,
    object text   not null,
    kind   text   not null,
    change text   not null,
    at     bigint not null, -- Unix time in milliseconds
    primary key (target, object, kind, change)
);

-- Pairs of definitions that were found to be two spellings of one thing, by their hash in hexadecimal.
create table spelling (
    hash text not null primary key
);
