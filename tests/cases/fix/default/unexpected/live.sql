create table t (id int primary key, a int default 1);
insert into t (id) select n from generate_series(1, 300) n;
