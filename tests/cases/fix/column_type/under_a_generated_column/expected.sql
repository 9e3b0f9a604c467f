create table t (id int primary key, a bigint, twice bigint generated always as (a * 2) stored);
