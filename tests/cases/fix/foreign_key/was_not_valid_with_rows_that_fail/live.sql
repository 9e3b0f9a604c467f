create table p (id int primary key);
create table t (id int primary key, p_id int);
insert into t values (1, 5);
alter table t add constraint t_p_id_fkey foreign key (p_id) references p not valid;
