create table t (id int primary key, a int generated always as (id * 2) stored, b int generated always as (id + 1) virtual, c int generated always as (id + 2) virtual);
