create type mood as enum ('calm', 'bored', 'wild');
create table t (id int primary key, m mood not null default 'calm');
insert into t select n, case when n < 6 then 'bored' else 'wild' end::mood from generate_series(1, 300) n;
