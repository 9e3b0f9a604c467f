create type mood as enum ('calm', 'wild', 'lost');
create table t (id int primary key, m mood[] default '{calm,lost}');
create function is_calm(m mood) returns boolean language sql immutable as $$ select m in ('calm', 'lost') $$;
