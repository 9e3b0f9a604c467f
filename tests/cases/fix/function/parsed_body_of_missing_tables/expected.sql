create table t (id int primary key);
create table u (id int primary key, a int);
create function total() returns bigint language sql begin atomic select sum(a) from u; end;
create function twice() returns bigint language sql begin atomic select total() * 2; end;
