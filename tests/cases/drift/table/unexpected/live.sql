create table kept (id int primary key);
create table t (id int primary key);
