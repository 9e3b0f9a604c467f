create table t (id int primary key, a text);
create view v as select id, a from t;
insert into t select n, 'row ' || n from generate_series(1, 300) n;
