create function label() returns text language sql stable as $$ select current_setting('server_version_num') $$;
create function die() returns int language sql as $$ select 4 $$;
create table t (id int primary key, named text not null default label(), built text default version(), thrown int not null default die());
