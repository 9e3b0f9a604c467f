create sequence old_name;
create table t (id int primary key default nextval('old_name'));
alter sequence old_name owned by t.id;
insert into t select from generate_series(1, 300) n;
