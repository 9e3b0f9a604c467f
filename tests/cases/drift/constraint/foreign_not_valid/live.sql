create table p (id int primary key); create table t (a int); alter table t add constraint t_a_fkey foreign key (a) references p not valid;
