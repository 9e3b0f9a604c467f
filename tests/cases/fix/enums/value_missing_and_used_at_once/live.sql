-- A value cannot be used in the transaction that adds it.

create type mood as enum ('calm', 'wild');
create table t (id int primary key, m mood not null default 'calm');
insert into t select n, 'wild' from generate_series(1, 300) n;
