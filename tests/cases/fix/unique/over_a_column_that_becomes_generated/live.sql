create table t (id int primary key, x int, y int);
insert into t values (1, 1, 7), (2, 2, 7);
