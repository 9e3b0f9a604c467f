create table a (id int primary key);
create table b (id int primary key, a int);
create table c (id int primary key, b int);
insert into a select n from generate_series(1, 50) n;
insert into b select n, n from generate_series(1, 60) n;
insert into c select n, n from generate_series(1, 70) n;
