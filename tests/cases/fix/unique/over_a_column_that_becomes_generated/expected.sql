create table t (id int primary key, x int, y int generated always as (x * 2) stored, unique (y));
