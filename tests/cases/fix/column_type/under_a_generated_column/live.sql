create table t (id int primary key, a int, twice int generated always as (a * 2) stored);
insert into t select n, n from generate_series(1, 300) n;
