create table t (id int primary key, a int, twice int generated always as (a * 2) stored);
