-- Purpose: the audit log can be kept within bounds, and rows' values kept out of what is never deleted. A migration of the state store (PostgreSQL; its twin for SQLite has the
-- same name).
-- Locks: writers of the audit log, while the index is made. Cost: one scan of the audit log. Least server version: 14.

create index audit_of_name on audit (who, id);

drop trigger audit_only_grows on audit;

create trigger audit_only_grows before update or truncate on audit
    for each statement execute function only_grows();

-- Nobody pushes out what another one did, nor the newest of what he did himself.
create function keeps_the_newest() returns trigger language plpgsql as $$
begin
    if (select count(*) from (select from audit where who = old.who and id > old.id limit 1000) as newer) < 1000 then
        raise exception 'the audit only grows: the newest 1000 records of a name are not removed';
    end if;
    return old;
end
$$;

create trigger audit_keeps_the_newest before delete on audit
    for each row execute function keeps_the_newest();

-- Entries of journals with the words that may hold rows' values, which the journal itself does not keep. They may be
-- deleted at any time: then the journal's own entry counts.
create table words (
    remediation text not null,
    seq         bigint not null,
    at          bigint not null, -- Unix time in milliseconds
    entry       text not null, -- JSON
    primary key (remediation, seq)
);
