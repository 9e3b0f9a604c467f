create table t (id int primary key, a int);
create view v as select a, id from t;
create function f() returns bigint language sql begin atomic select count(a) from v; end;
create view w as select f() as n;
