create table t (id int primary key, a int not null, b int not null, constraint t_key unique (a, b));
