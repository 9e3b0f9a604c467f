create type state as enum ('open', 'shut', 'lost');
create table t (id int primary key, state state default 'lost', check (state <> 'lost' or id > 0));
create view open_ones as select id, state from t where state = 'open';
create function is_open(t) returns boolean language sql stable as $$ select $1.state = 'open' $$;
