create table t (id int primary key, a int, b int);
create sequence s owned by none;
create sequence u owned by t.b;
