create function n(text) returns text language sql immutable as $$ select replace(lower($1), ' ', '') $$;
create table u (id int primary key, e text);
create table p (id int, e text, g text generated always as (n(e)) stored) partition by list (id);
create table p_0 partition of p for values in (0);
create table p_1 partition of p for values in (1);
create index p_n on p (n(e));
create table a (id int, e text, g text generated always as (n(e)) stored);
create table b () inherits (a);
