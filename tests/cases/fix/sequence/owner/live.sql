create table t (id int primary key, a int, b int);
create sequence s owned by t.a;
create sequence u;
