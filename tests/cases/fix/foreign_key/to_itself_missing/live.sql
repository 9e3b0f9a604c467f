create table t (id int, parent int);
insert into t select n, nullif(n / 2, 0) from generate_series(1, 300) n;
