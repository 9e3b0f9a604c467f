create table t (id int primary key, gone int);
create schema other;
create table other.heir () inherits (t);
insert into other.heir values (1, 2);
