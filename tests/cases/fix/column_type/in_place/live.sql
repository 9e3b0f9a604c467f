create table t (id int primary key, a varchar(20), b numeric(10, 2), c varchar(50), d timestamptz(3));
create index t_a_idx on t (a);
insert into t select n, 'row ' || n, n, 'c', now() from generate_series(1, 300) n;
