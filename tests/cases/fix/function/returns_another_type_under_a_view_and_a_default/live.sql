create function f(a int) returns int language sql immutable as $$ select a $$;
create table t (id int primary key, a bigint default f(1), check (f(id) > 0));
create view v as select id, f(id) as f from t;
create index t_f_idx on t (f(id));
insert into t (id) select n from generate_series(1, 100) n;
