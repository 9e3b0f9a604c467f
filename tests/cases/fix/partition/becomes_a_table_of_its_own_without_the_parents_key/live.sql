create table area (id int primary key);
create table t (id int references area, at date not null) partition by range (at);
create table t_1 partition of t for values from ('2025-01-01') to ('2026-01-01');
create index t_id on t (id);
insert into area select generate_series(1, 8);
insert into t select n, date '2025-02-01' + n from generate_series(1, 8) n;
