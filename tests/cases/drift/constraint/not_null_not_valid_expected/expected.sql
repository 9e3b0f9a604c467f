create table t (id int primary key, a int, b int);
alter table t add constraint t_a_not_null not null a not valid;
alter table t add constraint t_b_not_null not null b not valid;
