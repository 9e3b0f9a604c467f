create table t (id int primary key, b int);
create view v as select id, b as a from t;
create view w as select id, a from v;
