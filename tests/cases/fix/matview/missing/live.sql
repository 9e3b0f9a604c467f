create table t (id int primary key, a int);
insert into t select n, n % 9 from generate_series(1, 100) n;
