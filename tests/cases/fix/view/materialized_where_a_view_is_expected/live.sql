create table t (id int primary key);
create materialized view v as select id from t;
