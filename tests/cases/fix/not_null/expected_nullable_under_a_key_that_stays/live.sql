create table t (id int, n int, primary key (id, n));
