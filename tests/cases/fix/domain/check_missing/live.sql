create domain positive as int;
create table t (id int primary key, a positive);
insert into t select n, n from generate_series(1, 300) n;
