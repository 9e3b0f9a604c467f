create table t (id int primary key, a text);
create view v as select id, upper(a) as a from t;
create view w with (security_barrier = true) as select id from v where id > 5 with local check option;
