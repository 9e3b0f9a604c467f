create table t (id int primary key, a int, constraint positive check (a > 0));
