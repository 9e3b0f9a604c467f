create table t (id int primary key, a int not null);
create unique index t_a_idx on t (a);
alter table t replica identity using index t_a_idx;
create table u (id int primary key);
alter table u replica identity full;
create table v (id int primary key);
