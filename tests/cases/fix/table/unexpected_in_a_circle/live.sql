create table t (id int primary key);
create table a (id int primary key, b int);
create table b (id int primary key, a int references a);
alter table a add foreign key (b) references b;
create view v as select a.id from a join b on a.id = b.id;
