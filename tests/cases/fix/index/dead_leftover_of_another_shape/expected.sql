create table t (id int primary key, a text, b int);
create index t_idx on t (a);
