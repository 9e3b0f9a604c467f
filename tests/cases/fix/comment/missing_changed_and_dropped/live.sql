create schema s;
create table t (id int primary key, a int, b int);
create view v as select id from t;
comment on table t is 'old';
comment on column t.a is 'dropped';
comment on view v is 'it''s the same';
