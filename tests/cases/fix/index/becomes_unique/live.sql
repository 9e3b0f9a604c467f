create table t (id int primary key, a text);
create index t_a_idx on t (a);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
