create table t (a int); create view v with (security_barrier) as select a from t; create view c as select a from t where a > 1 with check option;
