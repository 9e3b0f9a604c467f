create table t (id int primary key, during int4range);
insert into t select n, int4range(n * 10, n * 10 + 11) from generate_series(1, 20) n;
