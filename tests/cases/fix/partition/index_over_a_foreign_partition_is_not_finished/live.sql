create extension file_fdw;
create server files foreign data wrapper file_fdw;
create table m (id bigint not null, at date not null, v int) partition by range (at);
create table m_2025 partition of m for values from ('2025-01-01') to ('2026-01-01');
create foreign table m_2024 partition of m for values from ('2024-01-01') to ('2025-01-01') server files options (filename '/dev/null');
insert into m select n, date '2025-01-01' + n, n from generate_series(0, 300) n;
create index m_v on only m (v);
create index m_2025_v_idx on m_2025 (v);
alter index m_v attach partition m_2025_v_idx;
