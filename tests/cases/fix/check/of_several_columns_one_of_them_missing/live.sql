create table t (id int primary key, starts date);
insert into t select n, date '2026-01-01' + n from generate_series(1, 100) n;
