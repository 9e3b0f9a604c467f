create function n(text) returns text language sql immutable as $$ select replace(lower($1), ' ', '') $$;
create function is_short(text) returns boolean language sql immutable as 'select length($1) < 4';
create table u (id int primary key, e text, f text not null, g text generated always as (n(e)) stored);
create unique index u_n on u (n(e));
create index u_g on u (g);
create index u_short on u (f) where is_short(n(e));
create index u_other on u (lower(e));
create unique index u_f on u (f);
comment on index u_n is 'by name';
