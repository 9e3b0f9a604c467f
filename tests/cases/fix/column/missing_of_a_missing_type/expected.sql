create type mood as enum ('calm', 'wild');
create domain positive as int check (value > 0);
create table t (id int primary key, mood mood not null default 'calm', size positive default 1);
