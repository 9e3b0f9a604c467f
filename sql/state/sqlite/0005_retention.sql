-- Purpose: the audit log can be kept within bounds, and rows' values kept out of what is never deleted. A migration of the state store (SQLite; its twin for PostgreSQL has the
-- same name).
-- Locks: the store's single writer lock, while the index is made. Cost: one scan of the audit log.
-- Least version: SQLite 3.37 (STRICT).

create index audit_of_name on audit (who, id);

drop trigger audit_is_not_removed;

-- Nobody pushes out what another one did, nor the newest of what he did himself.
create trigger audit_is_not_removed before delete on audit
when (select count(*) from (select 1 from audit where who = old.who and id > old.id limit 1000)) < 1000
begin
    select raise(abort, 'the audit only grows: the newest 1000 records of a name are not removed');
end;

-- Entries of journals with the words that may hold rows' values, which the journal itself does not keep. They may be
-- deleted at any time: then the journal's own entry counts.
create table words (
    remediation text not null,
    seq         integer not null,
    at          integer not null, -- Unix time in milliseconds
    entry       text not null, -- JSON
    primary key (remediation, seq)
) strict, without rowid;
