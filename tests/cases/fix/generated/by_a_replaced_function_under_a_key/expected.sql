create function f(x int) returns int language sql immutable as 'select x + 1';
create table t (id int primary key, x int, g int generated always as (f(x)) stored unique);
