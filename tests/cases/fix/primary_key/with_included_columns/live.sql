create table t (id int primary key, a text, b int);
insert into t select n, 'row ' || n, n from generate_series(1, 100) n;
