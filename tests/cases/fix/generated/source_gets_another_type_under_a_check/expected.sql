create table t (id int primary key, a int, b numeric generated always as (a * 10) stored, constraint c check (b <> 20));
