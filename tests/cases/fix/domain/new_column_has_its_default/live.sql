create table t (id int primary key);
insert into t select n from generate_series(1, 300) n;
