create function f(a int) returns bigint language sql immutable as $$ select a::bigint $$;
create table t (id int primary key, a bigint default f(1), check (f(id) > 0));
create view v as select id, f(id) as f from t;
create index t_f_idx on t (f(id));
