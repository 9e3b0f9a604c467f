create table t (id int not null);
create sequence odd as int owned by t.id;
alter table t alter id set default nextval('odd');
