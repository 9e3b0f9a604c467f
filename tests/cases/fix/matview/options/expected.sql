create table t (id int primary key, a int);
create materialized view m with (fillfactor = 70) as select a, count(*) as n from t group by a;
