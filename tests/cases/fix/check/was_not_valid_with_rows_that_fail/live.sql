create table t (id int primary key, n int);
insert into t values (1, -1);
alter table t add constraint t_n_check check (n > 0) not valid;
