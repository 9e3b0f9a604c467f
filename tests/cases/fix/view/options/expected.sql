create table t (id int primary key);
create view v as select id from t where id > 0;
create view w with (security_barrier = true) as select id from t where id > 0 with cascaded check option;
