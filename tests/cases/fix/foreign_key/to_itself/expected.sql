create table t (id int primary key, parent int references t on delete set null);
create index t_parent_idx on t (parent);
