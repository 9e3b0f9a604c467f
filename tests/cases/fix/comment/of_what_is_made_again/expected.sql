create table t (id int primary key, a int);
create view v as select a, id from t;
create function f(a int) returns bigint language sql as $$ select a::bigint $$;
comment on view v is 'view';
comment on column v.id is 'column';
comment on function f is 'function';
