-- Whether it holds data is no part of its definition.

create table t (id int primary key, a int);
