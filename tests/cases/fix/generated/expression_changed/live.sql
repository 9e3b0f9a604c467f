create table t (id int primary key, a int, b int generated always as (a * 2) stored);
create index t_b_idx on t (b);
create view v as select b from t;
insert into t (id, a) select n, n from generate_series(1, 300) n;
