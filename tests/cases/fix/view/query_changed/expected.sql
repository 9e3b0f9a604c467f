create table t (id int primary key, a text);
create view v as select id, a from t where id > 20;
create view w as select count(*) from v;
