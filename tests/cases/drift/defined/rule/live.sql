create table t (id int);
create view v as select id from t;
create rule off_here as on delete to t do instead nothing;
alter table t disable rule off_here;
create rule changed as on insert to v do instead insert into t values (1);
create rule extra as on update to v do instead nothing;
