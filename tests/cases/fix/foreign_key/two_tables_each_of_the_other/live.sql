create table a (id int primary key, b int);
create table b (id int primary key, a int references a);
insert into a select n, n from generate_series(1, 100) n;
insert into b select n, n from generate_series(1, 100) n;
