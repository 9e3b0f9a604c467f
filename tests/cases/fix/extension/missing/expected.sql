create extension pg_trgm;
create table t (id int primary key, a text);
create index t_a_idx on t using gin (a gin_trgm_ops);
