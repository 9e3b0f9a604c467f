create table t (id int primary key, during int4range, exclude using gist (during with &&));
insert into t select n, int4range(n * 10, n * 10 + 5) from generate_series(1, 100) n;
