-- PostgreSQL does not alter an attribute's type while a table holds values of it.

create type address as (street varchar(10));
create table t (id int primary key, a address);
insert into t select n, ('(street' || n || ')')::address from generate_series(1, 100) n;
