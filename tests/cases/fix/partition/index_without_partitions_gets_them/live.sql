create table m (id bigint not null, at date not null, k int) partition by range (at);
create table m1 partition of m for values from ('2024-01-01') to ('2025-01-01') partition by list (k);
create table m1a partition of m1 for values in (1); create table m1b partition of m1 default;
create unique index m1a_own on m1a (id, at, k);
create index m_k on only m (k);
create index m1a_k on m1a (k);
insert into m select n, date '2024-01-01' + n, n % 3 from generate_series(1, 100) n;
