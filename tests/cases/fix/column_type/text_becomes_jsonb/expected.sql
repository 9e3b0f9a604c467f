create table t (id int primary key, a jsonb);
create index t_a_idx on t using gin (a);
