create table t (id int primary key);
create table u (id int primary key);
insert into u select n from generate_series(1, 10) n;
