-- What the planner of queries reads of a function says nothing about what it computes.
create function n(text) returns text language sql immutable cost 7 as 'select lower($1)';
create table u (id int primary key, e text, g text generated always as (n(e)) stored);
create index u_n on u (n(e));
