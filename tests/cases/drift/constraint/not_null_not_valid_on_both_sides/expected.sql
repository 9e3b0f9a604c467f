create table t (id int primary key, a int);
alter table t add constraint other not null a not valid;
