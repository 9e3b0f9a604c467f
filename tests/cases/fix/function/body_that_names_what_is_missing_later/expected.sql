create table a_table (id int primary key);
create function a_function() returns bigint language sql as $$ select count(*) from a_table $$;
create view a_view as select a_function() as n;
create table z_table (n bigint default a_function());
create function z_function() returns bigint language sql as $$ select count(*) from z_table, a_view $$;
create table t (id int primary key);
