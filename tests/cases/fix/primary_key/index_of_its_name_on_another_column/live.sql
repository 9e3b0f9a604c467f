create table t (id int not null, a text);
create index t_pkey on t (a);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
