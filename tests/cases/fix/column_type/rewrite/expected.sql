create table t (id int primary key, a bigint default 1 not null, b text);
create index t_a_idx on t (a) where a > 5;
