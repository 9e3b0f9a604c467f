create table a (id int not null);
create table b (id int not null, a int);
create table c (id int not null, b int not null);
insert into a select n from generate_series(1, 50) n;
insert into b select n, 1 + n % 50 from generate_series(1, 100) n;
insert into c select n, 1 + n % 100 from generate_series(1, 200) n;
