create table t (id int primary key, a text);
create index t_lower_idx on t (lower(a));
alter index t_lower_idx alter column 1 set statistics 500;
