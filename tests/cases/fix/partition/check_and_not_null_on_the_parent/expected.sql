create table t (id int not null, a int, constraint positive check (a > 0)) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_2 partition of t for values from (100) to (200);
