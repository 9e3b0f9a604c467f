create table t (a int); create view v as select a from t; create materialized view m as select 'x'::text as x; alter materialized view m alter x set statistics 9;
