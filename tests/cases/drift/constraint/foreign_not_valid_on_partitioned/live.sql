create table p (id int primary key);
create table t (p int) partition by range (p);
create table t1 partition of t for values from (0) to (10);
alter table t add constraint t_p_fkey foreign key (p) references p not valid;
