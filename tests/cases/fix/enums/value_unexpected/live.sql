create type mood as enum ('calm', 'bored', 'wild');
create table t (id int primary key, m mood not null default 'calm');
create index t_m_idx on t (m);
create view v as select m from t;
insert into t select n, 'wild' from generate_series(1, 300) n;
