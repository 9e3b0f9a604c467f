create table t (id int primary key, parent int);
create view tree as select id, 1 as depth from t;
insert into t select n, nullif(n / 2, 0) from generate_series(1, 100) n;
