create function f(a int) returns int language sql as 'select 1';
create function g() returns int language sql as 'select 1';
