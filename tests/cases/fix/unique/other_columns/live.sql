create table t (id int primary key, a text, b int, constraint key unique (a));
insert into t select n, 'row ' || n, n from generate_series(1, 300) n;
