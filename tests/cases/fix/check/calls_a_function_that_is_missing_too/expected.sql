create function looks_good(text) returns boolean language sql immutable as $$ select $1 like 'row %' $$;
create table t (id int primary key, a text check (looks_good(a)));
