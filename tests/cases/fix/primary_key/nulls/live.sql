create table t (id int, a text);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
insert into t select null, 'row ' || n from generate_series(1, 13) n;
