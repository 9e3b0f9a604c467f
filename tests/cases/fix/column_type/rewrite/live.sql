create table t (id int primary key, a int default 1 not null, b int);
create index t_a_idx on t (a) where a > 5;
insert into t select n, n from generate_series(1, 300) n;
