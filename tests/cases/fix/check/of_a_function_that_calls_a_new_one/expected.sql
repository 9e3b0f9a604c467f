create table item (n int);
create view v as select 1 as n;
create function inner_ok() returns setof v language sql stable as 'select * from v';
create function a_ok(int) returns bool language sql stable as 'select $1 in (select n from inner_ok())';
alter table item add check (a_ok(n));
