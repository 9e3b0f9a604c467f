create table t (id int primary key, a int);
alter table t add constraint a_is_there not null a not valid;
