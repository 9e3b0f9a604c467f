create table t (id int primary key, a int, b int);
insert into t select n, n % 5, n % 10 from generate_series(1, 300) n;
