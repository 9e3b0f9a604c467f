create table t (id int primary key, a bigint);
create view v as select id, a from t where a > 10;
