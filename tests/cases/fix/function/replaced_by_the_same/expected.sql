create function n(text) returns text language sql immutable parallel safe cost 9 as 'select lower($1)';
create table u (id int primary key, e text, g text generated always as (n(e)) stored);
create index u_n on u (n(e));
