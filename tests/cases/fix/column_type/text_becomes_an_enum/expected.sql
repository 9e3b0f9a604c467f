create type state as enum ('open', 'shut');
create table t (id int primary key, state state not null default 'open');
