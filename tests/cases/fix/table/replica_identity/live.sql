create table t (id int primary key, a int not null);
create unique index t_a_idx on t (a);
create table u (id int primary key);
create table v (id int primary key);
alter table v replica identity full;
