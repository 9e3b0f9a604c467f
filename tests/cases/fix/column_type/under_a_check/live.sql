create table t (id int primary key, a int, b int, constraint sizes check (a > 0 and b > a));
insert into t select n, n, n + 1 from generate_series(1, 300) n;
