create table t (id int primary key, a text);
create index t_a_idx on t (a);
create unique index t_u on t (a, id);
