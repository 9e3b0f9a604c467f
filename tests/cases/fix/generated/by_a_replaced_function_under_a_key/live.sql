create function f(x int) returns int language sql immutable as 'select x';
create table t (id int primary key, x int, g int generated always as (f(x)) stored unique);
insert into t (id, x) values (1, 1), (2, 2);
