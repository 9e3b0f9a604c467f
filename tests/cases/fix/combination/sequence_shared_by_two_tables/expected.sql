create sequence ids;
create table a (id int primary key default nextval('ids'));
create table b (id int primary key default nextval('ids'));
