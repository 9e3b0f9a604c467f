create function answer() returns int language sql as $$ select 42 $$;
create table t (id int primary key, a int default answer());
