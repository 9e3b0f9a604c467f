create table t (id int primary key, a text);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
