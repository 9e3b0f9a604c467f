create table t (id int primary key, a text);
create unique index t_lower_idx on t (lower(a));
