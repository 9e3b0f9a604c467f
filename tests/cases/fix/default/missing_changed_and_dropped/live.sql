create table t (id int primary key, a int, b int default 1, c text default 'old');
insert into t (id) select n from generate_series(1, 300) n;
