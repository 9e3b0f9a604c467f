create function answer() returns int language sql as $$ select 41 $$;
create table t (id int primary key, a int default answer());
insert into t (id) select n from generate_series(1, 300) n;
