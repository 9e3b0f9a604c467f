create table keep (id int);
create table activity (id int primary key, kind text);
create function activity_key(activity) returns text language sql immutable as $$ select $1.kind || $1.id $$;
create unique index activity_key_idx on activity (activity_key(activity.*));
