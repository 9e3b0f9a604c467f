create table t (id int primary key, a text, b int, j jsonb, r int4range);
insert into t select n, 'row ' || n, n, jsonb_build_object('n', n), int4range(n, n + 5) from generate_series(1, 300) n;
