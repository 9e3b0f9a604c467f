create table t (id int unique not null, a text);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
