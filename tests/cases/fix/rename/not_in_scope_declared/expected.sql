create table t (id int, a int, constraint other_name primary key (id), constraint other_check check (a > 0), b int);
create index other_index on t (a);
