create table t (a int not null);
create table child () inherits (t);
