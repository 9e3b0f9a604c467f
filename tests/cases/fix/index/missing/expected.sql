create table t (id int primary key, a text, b int);
create index t_a_idx on t (a, b desc nulls last) where b > 10;
