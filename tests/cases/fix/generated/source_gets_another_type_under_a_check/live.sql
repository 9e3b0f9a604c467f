create table t (id int primary key, a numeric, b numeric generated always as (a * 10) stored, constraint c check (b <> 20));
insert into t (id, a) values (1, 1.9);
