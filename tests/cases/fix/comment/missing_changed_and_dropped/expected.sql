create schema s;
create table t (id int primary key, a int, b int);
create view v as select id from t;
comment on table t is 'it''s new; $$';
comment on column t.b is E'two\nlines';
comment on view v is 'it''s the same';
comment on constraint t_pkey on t is 'key';
comment on index t_pkey is 'index';
comment on schema s is 'schema';
