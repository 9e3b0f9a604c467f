create table t (id int);
create view v as select id from t;
create rule off_here as on delete to t do instead nothing;
create rule changed as on insert to v do instead insert into t values (new.id);
create rule "go""ne" as on delete to v do instead (delete from t where id = old.id; notify gone);
