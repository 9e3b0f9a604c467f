create table t (id int primary key, a int);
insert into t select n, n % 9 from generate_series(1, 100) n;
create materialized view m as select a, count(*) as n from t group by a;
