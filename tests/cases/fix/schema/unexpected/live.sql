create schema old;
create type old.mood as enum ('calm');
create table old.t (id serial primary key, m old.mood);
create function old.f() returns int language sql as $$ select 1 $$;
create table t (id int primary key);
