create table t (id int, constraint old_name primary key (id));
insert into t select n from generate_series(1, 100) n;
