create schema extensions;
create extension citext schema extensions;
create extension hstore schema extensions;
create table t (id int primary key, a extensions.citext, b extensions.hstore default '');
