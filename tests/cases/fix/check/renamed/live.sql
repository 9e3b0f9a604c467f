create table t (id int primary key, a int, constraint "old name" check (a > 0));
insert into t select n, n from generate_series(1, 300) n;
