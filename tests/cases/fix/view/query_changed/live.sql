create table t (id int primary key, a text);
create view v as select id, a from t where id > 10;
create view w as select count(*) from v;
insert into t select n, 'row ' || n from generate_series(1, 100) n;
