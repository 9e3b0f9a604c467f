create table t (id int primary key, a int);
create table log (a int);
