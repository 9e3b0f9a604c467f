create table m (id bigint not null, at date not null) partition by range (at);
create table m_2025 partition of m for values from ('2025-01-01') to ('2026-01-01');
create unique index m_at_id on m (at, id);
alter table m add primary key (id, at);
