-- Purpose: remediations with their journals and documents, approvals, and the audit log. A migration
-- of the state store (SQLite; its twin for PostgreSQL has the same name).
-- Locks: the store's single writer lock, for a moment, at the first start. Cost: none. Least version: SQLite 3.37 (STRICT).

-- All times are Unix times in milliseconds.
create table remediation (
    number     integer primary key autoincrement, -- in the order of their opening
    id         text    not null unique,
    target     text    not null,
    course     text    not null,
    earlier    text    references remediation (id), -- which one it takes back
    plan       text    not null, -- the plan's id; empty where there is none
    who        text    not null,
    reason     text    not null,
    allowed    text    not null, -- the hazards, a JSON array
    on_failure text    not null,
    created_at integer not null,
    entries    integer not null default 0, -- of its journal
    ended_at   integer,
    ending     text,
    check ((ended_at is null) = (ending is null))
) strict;

-- Two at once on one target would undo each other's work.
create unique index remediation_under_way on remediation (target) where ended_at is null;

-- What a request was answered with, so that one that is sent again does nothing twice.
create table idempotency (
    who         text not null,
    key         text not null,
    request     text not null, -- a hash
    remediation text not null references remediation (id) deferrable initially deferred,
    primary key (who, key)
) strict, without rowid;

create table journal (
    remediation text    not null references remediation (id),
    seq         integer not null,
    at          integer not null,
    entry       text    not null, -- JSON
    primary key (remediation, seq)
) strict, without rowid;

create table document (
    remediation text not null references remediation (id),
    name        text not null,
    content     text not null,
    primary key (remediation, name)
) strict;

create table approval (
    target text    not null,
    plan   text    not null,
    who    text    not null,
    at     integer not null,
    until  integer not null,
    primary key (target, plan, who)
) strict, without rowid;

create table audit (
    id      integer primary key autoincrement,
    at      integer not null,
    who     text    not null,
    what    text    not null,
    address text    not null, -- where it came from
    detail  text    not null,
    status  integer not null
) strict;

create trigger journal_is_not_changed before update on journal
begin
    select raise(abort, 'the journal only grows: nothing in it is changed or removed');
end;

create trigger journal_is_not_removed before delete on journal
begin
    select raise(abort, 'the journal only grows: nothing in it is changed or removed');
end;

create trigger audit_is_not_changed before update on audit
begin
    select raise(abort, 'the audit only grows: nothing in it is changed or removed');
end;

create trigger audit_is_not_removed before delete on audit
begin
    select raise(abort, 'the audit only grows: nothing in it is changed or removed');
end;
