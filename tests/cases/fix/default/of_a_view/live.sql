create table t (id int primary key, a int);
create view v as select id, a from t;
insert into t (id) select n from generate_series(1, 300) n;
