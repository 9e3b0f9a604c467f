create table t (id int, n numeric(12,2));
