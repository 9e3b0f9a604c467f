create table t (id int primary key, a int generated always as (id * 2) virtual, b int generated always as (id + 1) stored, c int generated always as (id + 1) virtual);
insert into t select n from generate_series(1, 300) n;
