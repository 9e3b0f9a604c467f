create table t (id int primary key, a int, b int not null);
insert into t select n, n, n from generate_series(1, 300) n;
