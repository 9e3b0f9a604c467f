create table t (id int primary key, a text, b int);
create index t_idx on t (a);
insert into t select n, 'row ' || n, n from generate_series(1, 300) n;
