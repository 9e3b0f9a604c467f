create table t (id int, a int default 1) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_2 partition of t (a default 2) for values from (100) to (200);
