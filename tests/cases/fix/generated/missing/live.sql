create table t (id int primary key, a int);
insert into t select n, n from generate_series(1, 300) n;
