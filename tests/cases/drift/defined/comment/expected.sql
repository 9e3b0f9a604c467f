create table t (id int primary key, a int, b int);
comment on table t is 'new';
comment on column t.b is 'same';
comment on constraint t_pkey on t is 'missing';
create table missing ();
comment on table missing is 'comes and goes with it';
create extension pg_trgm;
