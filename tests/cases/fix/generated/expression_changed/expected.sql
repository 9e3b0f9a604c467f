create table t (id int primary key, a int, b int generated always as (a * 3) stored);
create index t_b_idx on t (b);
create view v as select b from t;
