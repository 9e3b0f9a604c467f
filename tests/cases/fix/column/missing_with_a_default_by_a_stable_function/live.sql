create function label() returns text language sql stable as $$ select current_setting('server_version_num') $$;
create function die() returns int language sql as $$ select 4 $$;
create table t (id int primary key);
insert into t select n from generate_series(1, 300) n;
