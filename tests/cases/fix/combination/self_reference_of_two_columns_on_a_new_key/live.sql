create table t (tenant int, id int, parent int);
insert into t select n % 2, n, nullif(n - 2, 0) from generate_series(3, 300) n;
insert into t values (1, 1, null), (0, 2, null);
