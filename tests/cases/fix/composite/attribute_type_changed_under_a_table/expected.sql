create type address as (street text);
create table t (id int primary key, a address);
