create table t (id int primary key, a text collate "POSIX");
create index t_a_idx on t (a);
