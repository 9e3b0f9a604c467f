create table t (id int primary key, a int);
create view v as select id, a from t;
create function f(a int) returns int language sql as $$ select a $$;
comment on view v is 'view';
comment on column v.id is 'column';
comment on function f is 'function';
