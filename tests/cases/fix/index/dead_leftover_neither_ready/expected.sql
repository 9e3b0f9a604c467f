create table t (id int primary key, a text);
create unique index t_a_idx on t (a);
