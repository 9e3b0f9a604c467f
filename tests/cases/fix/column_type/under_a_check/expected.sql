create table t (id int primary key, a numeric, b int, constraint sizes check (a > 0 and b > a));
