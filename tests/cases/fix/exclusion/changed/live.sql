create table t (id int primary key, during int4range, on_hold boolean, exclude using gist (during with &&));
insert into t select n, int4range(n * 10, n * 10 + 5), false from generate_series(1, 200) n;
