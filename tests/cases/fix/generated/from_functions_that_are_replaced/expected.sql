create function f(text) returns text language sql immutable return replace(lower($1), ' ', '');
create function g(text) returns text language sql immutable return f($1) || '!';
create function h(int) returns numeric language sql immutable as 'select $1 * 1.00';
create function j(text) returns json language sql immutable strict as $$ select json_build_object('b', $1) $$;
create table t (
  id int generated always as identity,
  e text,
  short varchar(20) not null generated always as (g(e) || id) stored,
  n numeric generated always as (h(length(e))) stored,
  doc json generated always as (j(e)) stored,
  pair text generated always as (f(e) || h(id)) stored
);
create index t_n on t (h(id));
