create table t (id int primary key, a text, b text, c int);
alter table t alter a set storage external, alter b set statistics 500, alter c set (n_distinct = -1);
