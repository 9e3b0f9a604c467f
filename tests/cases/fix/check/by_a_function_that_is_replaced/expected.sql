create function f(x int) returns int language sql immutable as 'select x';
create table t (id int primary key, x int, constraint large check (f(x) >= 1));
create unique index t_f on t (f(x));
