create table t (id int primary key, note text);
insert into t select n, 'n' || n from generate_series(1, 300) n;
