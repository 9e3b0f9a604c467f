create type address as (street text, number int);
create table t (id int primary key, a address);
