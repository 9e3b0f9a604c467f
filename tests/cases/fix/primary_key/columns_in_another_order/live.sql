create table t (a int, b int, primary key (a, b));
insert into t select n, n % 5 from generate_series(1, 200) n;
