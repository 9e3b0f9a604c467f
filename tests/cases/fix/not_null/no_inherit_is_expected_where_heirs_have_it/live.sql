create table t (id int primary key, a int not null);
create table heir () inherits (t);
