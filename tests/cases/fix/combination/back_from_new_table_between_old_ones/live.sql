create table a (id int primary key);
create table b (id int primary key, a int references a);
create table c (id int primary key, b int references b);
create view v as select c.id, a.id as a from c join b on b.id = c.b join a on a.id = b.a;
