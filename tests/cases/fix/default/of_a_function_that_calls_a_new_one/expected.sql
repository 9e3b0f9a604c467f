create table item (n int);
create view v as select 1 as n;
create function inner_of() returns setof v language sql stable as 'select * from v';
create function a_of() returns int language sql stable as 'select max(n) from inner_of()';
alter table item add column m int default a_of();
