create table t (id int primary key, a int, constraint positive check (a > 0), check (a < 1000));
insert into t select n, n from generate_series(1, 300) n;
