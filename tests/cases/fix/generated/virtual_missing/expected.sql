create table t (id int primary key, a text, twice int generated always as (id * 2) virtual);
