create table t (id int primary key, a bit(3));
