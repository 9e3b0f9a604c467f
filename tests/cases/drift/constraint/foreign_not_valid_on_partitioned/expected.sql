create table p (id int primary key);
create table t (p int references p) partition by range (p);
create table t1 partition of t for values from (0) to (10);
