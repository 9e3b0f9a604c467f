create table t (a int); create view v as select a from t; create view c as select a from t where a > 1;
