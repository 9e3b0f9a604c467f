create table a (id int);
create table c (id int primary key, b int);
insert into a select n from generate_series(1, 10) n;
