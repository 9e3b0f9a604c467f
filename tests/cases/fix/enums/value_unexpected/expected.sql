create type mood as enum ('calm', 'wild');
create table t (id int primary key, m mood not null default 'calm');
create index t_m_idx on t (m);
create view v as select m from t;
