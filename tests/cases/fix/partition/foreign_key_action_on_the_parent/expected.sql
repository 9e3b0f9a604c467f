create table p (id int primary key);
create table t (id int, p int references p on delete set null) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_2 partition of t for values from (100) to (200);
