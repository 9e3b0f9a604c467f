create table t (id int primary key);
create type address as (street text, number int);
