create table t (tenant int, id int, parent int, primary key (tenant, id), foreign key (tenant, parent) references t);
create index t_parent_idx on t (tenant, parent);
