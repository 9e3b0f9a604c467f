create table t (id int not null, at date) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t_new (at date, id int not null);
insert into t_old select n, '2025-05-05' from generate_series(1, 100) n;
insert into t_new select '2026-05-05', n from generate_series(1, 100) n;
