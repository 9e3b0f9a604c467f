create type mood as enum ('calm', 'wild');
create table t (id int primary key, m mood[] default '{calm}');
create function is_calm(m mood) returns boolean language sql immutable as $$ select m = 'calm' $$;
insert into t select n, '{wild,calm}' from generate_series(1, 300) n;
