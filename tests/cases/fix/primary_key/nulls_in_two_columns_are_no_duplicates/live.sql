create table t (a int, b int);
insert into t select n, null from generate_series(1, 42) n;
insert into t select n, n from generate_series(1, 42) n;
