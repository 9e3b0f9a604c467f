create table p (id int primary key); create table t (a int references p); alter table t disable trigger all;
