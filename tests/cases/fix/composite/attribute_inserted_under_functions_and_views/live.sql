create type item as (a int, b text);
comment on type item is 'a thing';
create function item_of(int) returns item language sql as 'select 1, ''x''::text';
create view v as select (item_of(1)).b as b;
grant select on v to public;
create table t (id int primary key);
insert into t values (1);
