create table t (id int primary key);
create table v (id int);
insert into v values (1);
