create type mood as enum ('calm', 'wild');
create table t (id int primary key, m mood not null default 'calm');
