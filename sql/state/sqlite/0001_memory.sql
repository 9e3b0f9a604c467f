-- Purpose: what the daemon remembers over restarts. A migration of the state store (SQLite, not PostgreSQL).
-- Locks: the store's single writer lock, for a moment, at the first start. Cost: none. Least version: SQLite 3.37 (STRICT).

-- When each drift was first seen.
create table first_seen (
    target  text    not null,
    object  text    not null,
    kind    text    not null,
    change  text    not null,
    at      integer not null, -- Unix time in milliseconds
    primary key (target, object, kind, change)
) strict, without rowid;

-- Pairs of definitions that were found to be two spellings of one thing, by their hash in hexadecimal.
create table spelling (
    hash text not null primary key
) strict, without rowid;
