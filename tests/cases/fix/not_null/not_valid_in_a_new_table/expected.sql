create table t (id int primary key, a text);
create table u (id int primary key, b int, c int);
alter table u add constraint u_b_not_null not null b not valid;
alter table t add b int;
alter table t add constraint t_b_not_null not null b not valid;
