create table t (a int); create view v as select a from t; alter view v alter a set default 1; create materialized view m as select 'x'::text as x;
