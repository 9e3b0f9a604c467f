create function f(x int) returns int language sql immutable as 'select 1';
create table t (id int primary key, x int);
insert into t values (1, 1), (2, 2);
