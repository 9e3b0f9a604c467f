create table a (id int);
create table c (id int primary key, b int);
