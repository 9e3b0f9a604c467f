create table a (id int primary key);
create table b (id int primary key);
insert into a select n from generate_series(1, 100) n;
insert into b select n from generate_series(101, 200) n;
