-- Values are written anew where they are not the same to the letter, whatever their types, and once for several functions. One
-- function calls the other; a source that cannot be set is passed over.
create function f(text) returns text language sql immutable return lower($1);
create function g(text) returns text language sql immutable return f($1) || '!';
create function h(int) returns numeric language sql immutable as 'select $1 * 1.0';
create function j(text) returns json language sql immutable strict as $$ select json_build_object('a', $1) $$;
create table t (
  id int generated always as identity,
  e text,
  short varchar(20) not null generated always as (g(e) || id) stored,
  n numeric generated always as (h(length(e))) stored,
  doc json generated always as (j(e)) stored,
  pair text generated always as (f(e) || h(id)) stored
);
create index t_n on t (h(id));
insert into t (e) select 'A ' || i from generate_series(1, 2000) i;
insert into t (e) values ('ab'), ('');
