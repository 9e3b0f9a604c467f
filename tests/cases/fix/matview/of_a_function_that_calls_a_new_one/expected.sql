create schema z;
create view z.v as select 1 as n;
create function z.inner() returns setof z.v language sql stable as 'select * from z.v';
create function z.b_outer() returns bigint language sql stable as 'select count(*) from z.inner()';
create materialized view z.a as select z.b_outer();
