create table t (id int primary key, owner text);
insert into t select n, 'user ' || n from generate_series(1, 100) n;
