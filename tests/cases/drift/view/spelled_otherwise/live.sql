create table t (s varchar(9)); create view v as select s from t where s in ('a', 'b');
