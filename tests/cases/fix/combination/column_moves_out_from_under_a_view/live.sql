create table t (id int primary key, a int, b int);
create view v as select id, a from t;
create view w as select * from v;
insert into t select n, n, n from generate_series(1, 100) n;
