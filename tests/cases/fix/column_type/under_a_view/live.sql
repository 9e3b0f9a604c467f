create table t (id int primary key, a int);
create view v as select id, a from t where a > 10;
insert into t select n, n from generate_series(1, 300) n;
