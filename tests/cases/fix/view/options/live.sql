create table t (id int primary key);
create view v with (security_barrier = true) as select id from t where id > 0;
create view w as select id from t where id > 0;
