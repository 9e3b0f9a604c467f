create table t (id int not null, at date not null) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t_new partition of t for values from ('2026-01-01') to ('2027-01-01');
insert into t select n, date '2025-06-01' + n from generate_series(1, 400) n;
