-- Purpose: remediations with their journals and documents, approvals, and the audit log. A migration
-- of the state store (PostgreSQL; its twin for SQLite has the same name).
-- Locks: none that others wait for: the tables are new. Cost: none. Least server version: 14.

-- All times are Unix times in milliseconds.
create table remediation (
    number     bigint generated always as identity primary key, -- in the order of their opening
    id         text   not null unique,
    target     text   not null,
    course     text   not null,
    earlier    text   references remediation (id), -- which one it takes back
    plan       text   not null, -- the plan's id; empty where there is none
    who        text   not null,
    reason     text   not null,
    allowed    text   not null, -- the hazards, a JSON array
    on_failure text   not null,
    created_at bigint not null,
    entries    bigint not null default 0, -- of its journal
    ended_at   bigint,
    ending     text,
    check ((ended_at is null) = (ending is null))
);

-- Two at once on one target would undo each other's work, also if they were two replicas' own.
create unique index remediation_under_way on remediation (target) where ended_at is null;

-- What a request was answered with, so that one that is sent again does nothing twice.
create table idempotency (
    who         text not null,
    key         text not null,
    request     text not null, -- a hash
    remediation text not null references remediation (id) deferrable initially deferred,
    primary key (who, key)
);

create table journal (
    remediation text   not null references remediation (id),
    seq         bigint not null,
    at          bigint not null,
    entry       text   not null, -- JSON
    primary key (remediation, seq)
);

create table document (
    remediation text not null references remediation (id),
    name        text not null,
    content     text not null,
    primary key (remediation, name)
);

create table approval (
    target text   not null,
    plan   text   not null,
    who    text   not null,
    at     bigint not null,
    until  bigint not null,
    primary key (target, plan, who)
);

create table audit (
    id      bigint generated always as identity primary key,
    at      bigint not null,
    who     text   not null,
    what    text   not null,
    address text   not null, -- where it came from
    detail  text   not null,
    status  bigint not null
);

create function only_grows() returns trigger language plpgsql as $$
begin
    raise exception 'the % only grows: nothing in it is changed or removed', tg_table_name;
end
$$;

create trigger journal_only_grows before update or delete or truncate on journal
    for each statement execute function only_grows();

create trigger audit_only_grows before update or delete or truncate on audit
    for each statement execute function only_grows();
